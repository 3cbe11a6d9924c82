/** SHA-256 (FIPS 180-4), since a page that was opened from a disk may have no crypto.subtle. */

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p)) found.push(n);
  return found;
}

const bits = (x: number) => Math.floor((x % 1) * 2 ** 32);
const ROUNDS = primes(64).map((p) => bits(Math.cbrt(p)));
const BEGIN = primes(8).map((p) => bits(Math.sqrt(p)));
const turned = (x: number, by: number) => (x >>> by) | (x << (32 - by));

export function sha256(text: string): Uint32Array {
  const given = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil((given.length + 9) / 64) * 64);
  padded.set(given);
  padded[given.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(given.length) * 8n);
  const state = Uint32Array.from(BEGIN);
  const w = new Uint32Array(64);
  for (let from = 0; from < padded.length; from += 64) {
    for (let i = 0; i < 64; i++) w[i] = i < 16 ? view.getUint32(from + 4 * i) : spread(w, i);
    compress(state, w);
  }
  return state;
}

function spread(w: Uint32Array, i: number): number {
  const [a, b] = [w[i - 15]!, w[i - 2]!];
  const s0 = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
  const s1 = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
  return (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
}

function compress(state: Uint32Array, w: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + w[i]!) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i]! += value));
}

/** The seed of a plane: the first 64 bits of the sum over its anchor's text. */
export function seedOf(text: string): bigint {
  const [first, second] = sha256(text);
  return (BigInt(first!) << 32n) | BigInt(second!);
}
