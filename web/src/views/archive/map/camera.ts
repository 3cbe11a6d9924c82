/** Where one looks on a plane, and from how far. */
import type { Near } from './near';

export interface Camera {
  x: number; // of the plane, in the middle
  y: number;
  z: number; // CSS pixels for one of the plane
}

export type Spot = { x: number; y: number }; // CSS pixels on the canvas
export type Size = { width: number; height: number }; // of it

const WHOLE = 0.9; // of the canvas, that the whole map fills

export function fitting({ left, right, top, bottom }: Near, { width, height }: Size, mostZ: number): Camera {
  const z = Math.min((width * WHOLE) / Math.max(right - left, 1e-3), (height * WHOLE) / Math.max(bottom - top, 1e-3));
  return { x: (left + right) / 2, y: (top + bottom) / 2, z: Math.min(z, mostZ) };
}

export function onCanvas({ x, y, z }: Camera, { width, height }: Size, place: Spot): Spot {
  return { x: (place.x - x) * z + width / 2, y: (place.y - y) * z + height / 2 };
}

export function onPlane({ x, y, z }: Camera, { width, height }: Size, spot: Spot): Spot {
  return { x: x + (spot.x - width / 2) / z, y: y + (spot.y - height / 2) / z };
}

/** Nearer or farther, so that what is at a spot stays there. */
export function zoomed(from: Camera, size: Size, spot: Spot, z: number): Camera {
  const there = onPlane(from, size, spot);
  return { x: there.x - (spot.x - size.width / 2) / z, y: there.y - (spot.y - size.height / 2) / z, z };
}

/** A part of the way from one to another; what is seen grows evenly. */
export function between(from: Camera, to: Camera, share: number): Camera {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, z: from.z * (to.z / from.z) ** share };
}

/** How far one is from where one is going, in CSS pixels, about. */
export function apart(one: Camera, other: Camera): number {
  return Math.hypot(other.x - one.x, other.y - one.y) * one.z + Math.abs(other.z / one.z - 1) * 100;
}
