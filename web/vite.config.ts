import preact from '@preact/preset-vite';
import { defineConfig, loadEnv } from 'vite';

const server = loadEnv('', '.', 'REVERIE')['REVERIE'] ?? 'http://127.0.0.1:8765';
const rest = ['datasets', 'photos', 'models', 'jobs', 'samples', 'artifacts', 'kinds', 'events', 'status', 'readyz', 'uploads', 'catalogue'];

export default defineConfig({
  plugins: [preact()],
  build: { target: 'es2022', assetsInlineLimit: 0, reportCompressedSize: true },
  server: { proxy: Object.fromEntries(rest.map((name) => [`/${name}`, server])) },
});
