/** What page/pack.js says of the pack, and small things that all parts of the page use. */

export interface Place {
  w: string; // float32 in Base64: one w, or one for each layer
  psi: number;
  grain: number;
  label: number | null;
  point: { anchor?: { seed?: number }; x?: number; y?: number; mix?: unknown[]; shift?: unknown[] };
}

export interface Favourite {
  name: string;
  thumb: boolean;
  size: [number, number];
  average: string;
  place: Place | null;
}

export interface Film {
  file?: string; // none of a journey that was never filmed
  form: string | null;
  name: string;
  poster?: string;
  recipe: string;
}

export interface Pack {
  name: string;
  made: string;
  words: string;
  licenceWords: string;
  lineage: { name: string; spdx: string; terms: string }[];
  labels: string[];
  resolution: number;
  shown: [number, number];
  z: number;
  w: number;
  layers: number;
  channels: number;
  classes: number;
  mean: string;
  within: boolean;
  check: { seed: number; psi: number; png: string };
  favourites: Favourite[];
  films: Film[];
}

export const pack = (globalThis as unknown as { PACK: Pack }).PACK;
export const onDisk = location.protocol === 'file:';

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

export const floatsOf = (base64: string) => new Float32Array(bytesOf(base64).buffer);

type Child = Node | string | null | false;

/** Make an element: what it has by name, `on…` what it hears, then what is in it. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, has: Record<string, unknown> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(has)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value as EventListener);
    else if (value !== false && value !== null) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return made;
}

/** Show a drawn square, R × R pixels of C numbers, as its frame has it: as it is, cut to its middle, or stretched. */
export function shown(picture: Uint8Array, canvas: HTMLCanvasElement): void {
  const side = pack.resolution;
  const pixels = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = picture[i * pack.channels + (pack.channels === 3 ? c : 0)]!;
    pixels.data[4 * i + 3] = 255;
  }
  const [width, height] = pack.shown;
  [canvas.width, canvas.height] = [width, height];
  const on = canvas.getContext('2d')!;
  if (Math.max(width, height) === side) {
    on.putImageData(pixels, -Math.floor((side - width) / 2), -Math.floor((side - height) / 2));
    return;
  }
  const square = el('canvas', { width: side, height: side });
  square.getContext('2d')!.putImageData(pixels, 0, 0);
  on.imageSmoothingQuality = 'high';
  on.drawImage(square, 0, 0, width, height);
}
