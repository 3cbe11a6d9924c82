/** Builds the page of heirloom packs into dist/heirloom, after the page itself: plain scripts that need no server. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { build, type Plugin } from 'vite';

const OUT = 'dist/heirloom';
const RUNTIME = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';

async function script(entry: string, name: string): Promise<void> {
  await build({
    configFile: false,
    base: './',
    publicDir: false,
    plugins: [runtimeApart],
    build: {
      outDir: OUT,
      emptyOutDir: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      cssCodeSplit: false,
      reportCompressedSize: false,
      rolldownOptions: { input: entry, output: { format: 'iife', entryFileNames: `page/${name}.js`, assetFileNames: `page/${name}[extname]` } },
    },
  });
}

/** The runtime is handed to the library as bytes: what would find it by an address is taken out. */
const runtimeApart: Plugin = {
  name: 'runtime-apart',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('onnxruntime-web') ? code.replaceAll('import.meta.url', '"http://pack.invalid/runtime.js"') : undefined,
};

export const heirloom: Plugin = {
  name: 'heirloom',
  apply: 'build',
  closeBundle: {
    sequential: true,
    async handler() {
      await script('heirloom/main.ts', 'app');
      await script('heirloom/worker.ts', 'worker');
      mkdirSync(`${OUT}/page`, { recursive: true });
      copyFileSync(RUNTIME, `${OUT}/page/runtime.wasm`);
      copyFileSync('heirloom/index.html', `${OUT}/index.html`);
    },
  },
};
