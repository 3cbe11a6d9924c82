/** The plane that one wanders on: the same smooth field around each anchor as in Reverie, so places are the same. */
import { normals, ofSeed } from './random';
import { seedOf } from './sha256';

const STREAM = 4096n;
const SPACING = 0.5; // of the lattice of normal numbers
const REACH = 3.5; // of the kernel exp(-d²) that blurs it
const BLOCK = 8; // nodes a side of what is drawn together
const MOST_BLOCKS = 400;
const ALL = 0xffffffffffffffffn;

export interface Plane {
  seed: bigint;
  z: Float32Array | null; // at the origin; null: the field by itself
}

export const planeOfSeed = (seed: number, wide: number): Plane => ({ seed: seedOf(`{"seed":${seed}}`), z: ofSeed(seed, wide) });
export const planeOf = (said: string): Plane => ({ seed: seedOf(said), z: null });

const blocks = new Map<string, Float32Array>();

/** z at a place of a plane: F(p) = G(p) - C(|p|) G(0) + C(|p|) z, or G(p) where there is no z. */
export function at({ seed, z }: Plane, wide: number, x: number, y: number): Float32Array {
  if (z && x === 0 && y === 0) return z;
  const there = field(seed, wide, x, y);
  if (!z) return there;
  const c = Math.fround(Math.exp(-(x * x + y * y) / 2));
  const origin = field(seed, wide, 0, 0);
  return there.map((value, i) => value - c * origin[i]! + c * z[i]!);
}

function field(seed: bigint, wide: number, x: number, y: number): Float32Array {
  const across = kernel(x);
  const down = kernel(y);
  const total = new Float64Array(wide);
  for (const [j, rows] of down)
    for (const [i, columns] of across) {
      const drawn = block(seed, wide, i, j);
      for (let r = 0; r < BLOCK; r++)
        for (let c = 0; c < BLOCK; c++) {
          const weight = rows[r]! * columns[c]!;
          if (weight === 0) continue;
          const from = (r * BLOCK + c) * wide;
          for (let k = 0; k < wide; k++) total[k]! += weight * drawn[from + k]!;
        }
    }
  const power = Math.sqrt(powerOf(across) * powerOf(down));
  return Float32Array.from(total, (value) => value / power);
}

function block(seed: bigint, wide: number, i: number, j: number): Float32Array {
  const name = `${seed} ${wide} ${i} ${j}`;
  let found = blocks.get(name);
  blocks.delete(name);
  found ??= normals([seed, STREAM], [0n, BigInt(i) & ALL, BigInt(j) & ALL, 0n], BLOCK * BLOCK * wide);
  blocks.set(name, found);
  if (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value!);
  return found;
}

/** K along one axis: the numbers of blocks within reach, and the weights of their nodes. */
function kernel(place: number): [number, number[]][] {
  const [first, last] = [-1, 1].map((way) => Math.floor((place + way * REACH) / SPACING / BLOCK)) as [number, number];
  return Array.from({ length: last - first + 1 }, (_, n) => {
    const nodes = Array.from({ length: BLOCK }, (_, k) => SPACING * ((first + n) * BLOCK + k) - place);
    return [first + n, nodes.map((d) => (Math.abs(d) <= REACH ? Math.exp(-d * d) : 0))];
  });
}

const powerOf = (axis: [number, number[]][]) => axis.flatMap(([, weights]) => weights).reduce((sum, w) => sum + w * w, 0);
