/** The pictures of a map as columns of numbers: 50,000 of them are a few megabytes, and no object each. */
import type { components } from '../../../api/schema';

export type DatasetMap = components['schemas']['DatasetMap'];

export const NONE = 65_535; // no date, no album
export const UNKNOWN = 255; // originality
const INVENTED = 1;
const LEFT_OUT = 2;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export interface Points {
  count: number;
  x: Float32Array; // on the plane of the map
  y: Float32Array;
  flags: Uint8Array;
  day: Uint16Array; // after the first
  album: Uint16Array;
  originality: Uint8Array;
  colour: Uint8Array; // red, green, blue, three of each
  ratio: Float32Array; // width by height
  ids: Uint8Array; // 16 of each
}

export function unpack(map: DatasetMap): Points {
  const place = (column: string, from: number) => Float32Array.from(words(column), (steps) => from + steps * map.step);
  return {
    count: map.points,
    x: place(map.x, map.left),
    y: place(map.y, map.top),
    flags: bytes(map.flags),
    day: words(map.day),
    album: words(map.album),
    originality: bytes(map.originality),
    colour: bytes(map.colour),
    ratio: Float32Array.from(bytes(map.shape), (shape) => 2 ** ((shape - 128) / 32)),
    ids: bytes(map.ids),
  };
}

function bytes(base64: string): Uint8Array {
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) found[at] = text.charCodeAt(at);
  return found;
}

function words(base64: string): Uint16Array {
  const packed = bytes(base64);
  const view = new DataView(packed.buffer);
  return Uint16Array.from({ length: packed.length / 2 }, (_, at) => view.getUint16(2 * at, true));
}

export function idOf({ ids }: Points, at: number): string {
  const hex = Array.from(ids.subarray(16 * at, 16 * at + 16), (byte) => HEX[byte]).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Which picture has an id; null, if it is not on the map. */
export function rowOf(points: Points, id: string | null): number | null {
  for (let at = 0; id !== null && at < points.count; at++) if (idOf(points, at) === id) return at;
  return null;
}

export const invented = ({ flags }: Points, at: number): boolean => (flags[at]! & INVENTED) !== 0;
export const leftOut = ({ flags }: Points, at: number): boolean => (flags[at]! & LEFT_OUT) !== 0;

/** Width and height of a picture whose long side is so long. */
export function sidesOf({ ratio }: Points, at: number, long: number): { width: number; height: number } {
  const shape = ratio[at]!;
  return shape >= 1 ? { width: long, height: long / shape } : { width: long * shape, height: long };
}
