/** The random numbers of seeds and planes, as NumPy draws them: a seed is the same picture here as anywhere. */

/** Standard normal numbers of a seed: RandomState(seed).randn(count), by MT19937 and Marsaglia's polar method. */
export function ofSeed(seed: number, count: number): Float32Array {
  const next = twister(seed);
  const double = () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    let x: number, y: number, r: number;
    do {
      x = 2 * double() - 1;
      y = 2 * double() - 1;
      r = x * x + y * y;
    } while (r >= 1 || r === 0);
    const f = Math.sqrt((-2 * Math.log(r)) / r);
    out[i] = f * y;
    if (i + 1 < count) out[i + 1] = f * x;
  }
  return out;
}

/** 32-bit numbers of MT19937 (Matsumoto & Nishimura 1998), begun by init_genrand. */
function twister(seed: number): () => number {
  const n = 624;
  const state = new Uint32Array(n);
  state[0] = seed >>> 0;
  for (let i = 1; i < n; i++) state[i] = Math.imul(1812433253, state[i - 1]! ^ (state[i - 1]! >>> 30)) + i;
  let at = n;
  return () => {
    if (at === n) {
      for (let i = 0; i < n; i++) {
        const y = (state[i]! & 0x80000000) | (state[(i + 1) % n]! & 0x7fffffff);
        state[i] = state[(i + 397) % n]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

const WORD = 64n;
const LOW = 0xffffffffffffffffn;
const MULTIPLIERS = [0xd2e7470ee14c6c93n, 0xca5a826395121157n] as const;
const WEYL = [0x9e3779b97f4a7c15n, 0xbb67ae8584caa73bn] as const;
type Four = [bigint, bigint, bigint, bigint];

/** 32-bit numbers of Philox4x64-10 (Salmon et al. 2011), from after this counter on. */
function philox(key: readonly [bigint, bigint], counter: Readonly<Four>): () => number {
  const at: Four = [...counter];
  const words = new Uint32Array(8);
  let used = 8;
  return () => {
    if (used === 8) {
      at[0] = (at[0] + 1n) & LOW; // no plane draws so many that it would carry
      rounds(at, key).forEach((word, i) => {
        words[2 * i] = Number(word & 0xffffffffn);
        words[2 * i + 1] = Number(word >> 32n);
      });
      used = 0;
    }
    return words[used++]!;
  };
}

function rounds(counter: Four, [first, second]: readonly [bigint, bigint]): Four {
  let [a, b, c, d] = counter;
  for (let round = 0n; round < 10n; round++) {
    const one = a * MULTIPLIERS[0];
    const two = c * MULTIPLIERS[1];
    const k = (first + round * WEYL[0]) & LOW;
    const l = (second + round * WEYL[1]) & LOW;
    [a, b, c, d] = [(two >> WORD) ^ b ^ k, two & LOW, (one >> WORD) ^ d ^ l, one & LOW];
  }
  return [a, b, c, d];
}

// The ziggurat of 256 layers (Marsaglia & Tsang 2000), for numbers of 23 bits.
const EDGE = 3.6541528853610088;
const AREA = 0.00492867323399;
const K = new Uint32Array(256);
const W = new Float32Array(256);
const F = new Float32Array(256);
{
  const most = 2 ** 23;
  const f = (x: number) => Math.exp(-0.5 * x * x);
  let x = EDGE;
  let before = EDGE;
  const bottom = AREA / f(EDGE);
  K[0] = (x / bottom) * most;
  K[1] = 0;
  W[0] = bottom / most;
  W[255] = x / most;
  F[0] = 1;
  F[255] = f(x);
  for (let i = 254; i > 0; i--) {
    x = Math.sqrt(-2 * Math.log(AREA / x + f(x)));
    K[i + 1] = (x / before) * most;
    before = x;
    F[i] = f(x);
    W[i] = x / most;
  }
}

/** Standard normal numbers: Generator(Philox(counter, key)).standard_normal(count, float32). */
export function normals(key: readonly [bigint, bigint], counter: Readonly<Four>, count: number): Float32Array {
  const next = philox(key, counter);
  const float = () => (next() >>> 8) / 16777216;
  const out = new Float32Array(count);
  for (let n = 0; n < count; n++) out[n] = normal(next, float);
  return out;
}

function normal(next: () => number, float: () => number): number {
  for (;;) {
    const drawn = next();
    const layer = drawn & 0xff;
    const size = drawn >>> 9;
    const value = Math.fround(size * W[layer]!);
    const x = (drawn >>> 8) & 1 ? -value : value;
    if (size < K[layer]!) return x;
    if (layer === 0) {
      for (;;) {
        const far = -Math.log1p(-float()) / EDGE;
        const high = -Math.log1p(-float());
        if (2 * high > far * far) return (size >>> 8) & 1 ? -(EDGE + far) : EDGE + far;
      }
    }
    if ((F[layer - 1]! - F[layer]!) * float() + F[layer]! < Math.exp(-0.5 * x * x)) return x;
  }
}
