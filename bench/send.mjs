// Send one file by tus-js-client, in the pieces of the page: node send.mjs SERVER FILE DATASET PIECE_BYTES
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

const { Upload } = createRequire(new URL('../web/package.json', import.meta.url))('tus-js-client');
const [server, file, dataset, piece] = process.argv.slice(2);

new Upload(createReadStream(file), {
  endpoint: `${server}/uploads`,
  chunkSize: Number(piece),
  retryDelays: [0, 1000, 3000, 5000, 10_000],
  metadata: { filename: basename(file), dataset },
  onError(error) {
    console.error(String(error));
    process.exitCode = 1;
  },
}).start();
