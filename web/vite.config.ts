import preact from '@preact/preset-vite';
import { defineConfig, loadEnv } from 'vite';
import { heirloom } from './heirloom/build.ts';

const server = loadEnv('', '.', 'REVERIE')['REVERIE'] ?? 'http://127.0.0.1:8765';
const rest = ['datasets', 'photos', 'models', 'jobs', 'samples', 'artifacts', 'kinds', 'events', 'status', 'readyz', 'uploads', 'catalogue', 'journeys', 'videos', 'soundtracks', 'exports', 'enlargers', 'enlargements'];

export default defineConfig({
  plugins: [preact(), heirloom],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    // What several views share comes as one file: a browser asks for six at a time, and each small one waits its turn.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /src\/(api|parts|uploads\/Going|views\/archive\/place|tokens\.css|base\.css)|node_modules\/(preact|openapi-fetch)/ }] } } },
  },
  server: { proxy: Object.fromEntries(rest.map((name) => [`/${name}`, server])) },
});
