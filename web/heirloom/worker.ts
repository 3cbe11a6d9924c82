/** Draws, beside the page: seeds and places become z, z becomes w, w becomes a picture. One at a time. */
import * as ort from 'onnxruntime-web/wasm';
import { at, planeOf, planeOfSeed } from './plane';

export interface Shape {
  z: number;
  w: number;
  layers: number;
  classes: number;
  mean: Float32Array;
}

export interface Ready {
  shape: Shape;
  runtime: ArrayBuffer;
  mapping: ArrayBuffer;
  synthesis: ArrayBuffer;
}

/** Where a picture lies: on the plane of a seed, or around a w that is known. */
export interface Wanted {
  id: number;
  anchor: { seed: number } | { w: Float32Array; said: string };
  x: number;
  y: number;
  psi: number;
  grain: number;
  label: number | null;
}

export type Told = { id: number; picture: Uint8Array<ArrayBuffer>; ms: number } | { id: number; error: string } | { ready: true };

let shape: Shape;
let mapping: ort.InferenceSession;
let synthesis: ort.InferenceSession;
let begun: Promise<void> | undefined;
let last: Promise<unknown> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Ready | Wanted>) => {
  if ('shape' in data) {
    begun = begin(data);
    begun.then(() => tell({ ready: true })).catch((error: unknown) => tell({ id: -1, error: String(error) }));
    return;
  }
  last = last.then(() => begun).then(() => drawn(data)).catch((error: unknown) => tell({ id: data.id, error: String(error) }));
};

const tell = (told: Told, moved: Transferable[] = []) => self.postMessage(told, { transfer: moved });

async function begin(ready: Ready): Promise<void> {
  shape = ready.shape;
  ort.env.wasm.numThreads = 1; // several need headers that no folder and few servers give
  ort.env.wasm.wasmBinary = ready.runtime;
  const how: ort.InferenceSession.SessionOptions = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' };
  mapping = await ort.InferenceSession.create(new Uint8Array(ready.mapping), how);
  synthesis = await ort.InferenceSession.create(new Uint8Array(ready.synthesis), how);
}

async function drawn(wanted: Wanted): Promise<void> {
  const begun = performance.now();
  const ws = truncated(await place(wanted), wanted.psi);
  const feeds = { ws: new ort.Tensor('float32', ws, [1, shape.layers, shape.w]), noise: new ort.Tensor('float32', [wanted.grain], [1]) };
  const { picture } = await synthesis.run(feeds);
  const pixels = (picture!.data as Uint8Array).slice() as Uint8Array<ArrayBuffer>;
  tell({ id: wanted.id, picture: pixels, ms: performance.now() - begun }, [pixels.buffer]);
}

/** ws, all layers, before truncation. */
async function place({ anchor, x, y, label }: Wanted): Promise<Float32Array> {
  if ('seed' in anchor) {
    const of = label ?? (shape.classes ? anchor.seed % shape.classes : null);
    return layered(await mapped(at(planeOfSeed(anchor.seed, shape.z), shape.z, x, y), of));
  }
  const ws = layered(anchor.w);
  if (x === 0 && y === 0) return ws;
  // What is known as a w moves by what the mapping makes of the field.
  const plane = planeOf(anchor.said);
  const [there, here] = [await mapped(at(plane, shape.z, x, y), label ?? 0), await mapped(at(plane, shape.z, 0, 0), label ?? 0)];
  return ws.map((value, i) => value + there[i % shape.w]! - here[i % shape.w]!);
}

async function mapped(z: Float32Array, label: number | null): Promise<Float32Array> {
  const feeds: Record<string, ort.Tensor> = {
    z: new ort.Tensor('float32', z, [1, shape.z]),
    psi: new ort.Tensor('float32', [1], [1]),
  };
  if (shape.classes) {
    const one = new Float32Array(shape.classes);
    one[label ?? 0] = 1;
    feeds.label = new ort.Tensor('float32', one, [1, shape.classes]);
  }
  const { w } = await mapping.run(feeds);
  return (w!.data as Float32Array).slice();
}

/** One w for all layers, or one for each. */
function layered(w: Float32Array): Float32Array {
  const ws = new Float32Array(shape.layers * shape.w);
  for (let i = 0; i < ws.length; i++) ws[i] = w[i % w.length]!;
  return ws;
}

const truncated = (ws: Float32Array, psi: number) =>
  psi === 1 ? ws : ws.map((value, i) => shape.mean[i % shape.w]! + psi * (value - shape.mean[i % shape.w]!));
