/** Where one looks, as the address of the view has it, and what of, in words. */
import { count } from '../../../words';
import type { Camera } from './camera';
import type { DatasetMap } from './points';

const numberIn = (query: URLSearchParams, name: string) => (query.get(name) ? Number(query.get(name)) : NaN);

export function cameraIn(query: URLSearchParams): Camera | null {
  const camera = { x: numberIn(query, 'x'), y: numberIn(query, 'y'), z: numberIn(query, 'z') };
  return Object.values(camera).every(Number.isFinite) && camera.z > 0 ? camera : null;
}

/** The whole map needs no words. */
export function placed({ x, y, z }: Camera, whole: boolean): Record<string, string | null> {
  return whole ? { x: null, y: null, z: null } : { x: x.toFixed(3), y: y.toFixed(3), z: z.toFixed(2) };
}

export function said({ photos, samples }: DatasetMap): string {
  return `${count(photos, 'photograph')}${samples > 0 ? ` and ${count(samples, 'invented picture')}` : ''}`;
}
