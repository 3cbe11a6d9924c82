/** Pictures of a journey by their moments: coarse ones ahead of where it plays or is scrubbed, a sharp one where it rests. */
import { viewOfBrowser } from '../../api/tile';
import { clamp } from './time';
import { pictureOf, type Shots } from './shots';

export const RATE = 12; // moments a second that are drawn while it moves
const AT_ONCE = 3; // requests; a browser has six connections to a server
const AHEAD_S = 3;
const MOST = 300; // pictures that are held
const AGAIN_S = 3;
const COARSE = 128; // pixels
const SLOWEST = 6; // at the least two moments a second

export interface Sight {
  at: number;
  moving: boolean; // it plays, or a hand scrubs
  playing: boolean;
  size: number; // pixels of the one at rest
}

interface Held {
  of: ImageBitmap;
  size: number;
  coarse: boolean;
}

/** What is shown: one picture, or one going over into the next. */
export interface Shown {
  one: ImageBitmap;
  next?: ImageBitmap;
  share: number; // of the next
  sharp: boolean;
}

export class Reel {
  private readonly held = new Map<number, Held>(); // by millisecond, the latest last
  private readonly asking = new Map<string, AbortController>();
  private readonly refused = new Set<string>(); // that the server does not draw
  private sight: Sight | null = null;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private pace = 1000 / RATE; // milliseconds from one picture to the next
  private last = 0;
  private readonly view = `${viewOfBrowser()}-journey`;

  constructor(
    private readonly shots: Shots,
    private readonly came: () => void,
    private readonly away: (away: boolean) => void,
  ) {}

  look(sight: Sight): void {
    this.sight = sight;
    this.pump();
  }

  /** New points are known. */
  pump(): void {
    if (!this.sight || this.pause !== undefined) return;
    const wanted = this.wanted(this.sight);
    const keys = new Set(wanted.map(keyOf));
    for (const [key, stop] of this.asking) if (!keys.has(key)) stop.abort();
    this.shots.want(wanted.map(({ ms }) => ms / 1000));
    for (const one of wanted) {
      if (this.asking.size >= AT_ONCE) return;
      if (!this.asking.has(keyOf(one)) && !this.refused.has(keyOf(one)) && this.shots.get(one.ms / 1000)) void this.ask(one);
    }
  }

  shown({ at, moving }: Pick<Sight, 'at' | 'moving'>): Shown | null {
    const now = Math.round(at * 1000);
    const exact = this.held.get(now);
    if (exact && (!moving || !exact.coarse)) return { one: exact.of, share: 0, sharp: !exact.coarse };
    let [before, after]: [number | undefined, number | undefined] = [undefined, undefined];
    for (const ms of this.held.keys()) {
      if (ms <= now && (before === undefined || ms > before)) before = ms;
      if (ms > now && (after === undefined || ms < after)) after = ms;
    }
    const [one, next] = [before, after].map((ms) => (ms === undefined ? undefined : this.held.get(ms)?.of));
    if (before === undefined || after === undefined || !one || !next) return one ?? next ? { one: (one ?? next)!, share: 0, sharp: false } : null;
    const share = (now - before) / (after - before);
    if (after - before > 1200) return { one: share < 0.5 ? one : next, share: 0, sharp: false }; // too far apart to go over into each other
    return { one, next, share, sharp: false };
  }

  leave(): void {
    this.sight = null;
    clearTimeout(this.pause);
    for (const stop of this.asking.values()) stop.abort();
    for (const { of } of this.held.values()) of.close();
    this.held.clear();
  }

  /** What is not here of what one looks at, the most urgent first. */
  private wanted({ at, moving, playing, size }: Sight): Wanted[] {
    if (!moving) {
      const ms = Math.round(at * 1000);
      const there = this.held.get(ms);
      const near = [...this.held.keys()].some((one) => Math.abs(one - ms) < 1000 / RATE);
      if (there && !there.coarse && there.size >= size) return [];
      return [...(near ? [] : [{ ms, coarse: true, size: COARSE }]), { ms, coarse: false, size }];
    }
    // As many as come in time: where drawing takes long, fewer moments are drawn.
    const stride = playing ? clamp(Math.ceil(this.pace / (1000 / RATE)), 1, SLOWEST) : 1;
    const first = Math.floor((at * RATE) / stride);
    const many = playing ? Math.ceil((AHEAD_S * RATE) / stride) : 2;
    return Array.from({ length: many }, (_, nth) => Math.round(((first + nth) * stride * 1000) / RATE))
      .filter((ms) => !this.held.has(ms))
      .map((ms) => ({ ms, coarse: true, size: COARSE }));
  }

  private async ask(wanted: Wanted): Promise<void> {
    const shot = this.shots.get(wanted.ms / 1000);
    if (!shot) return;
    const stop = new AbortController();
    const key = keyOf(wanted);
    this.asking.set(key, stop);
    try {
      const answer = await fetch(`${pictureOf(shot, wanted.size, this.view)}${wanted.coarse ? '&coarse=true' : ''}`, { signal: stop.signal });
      if (answer.ok) this.keep(wanted, await createImageBitmap(await answer.blob()));
      else if ([429, 503].includes(answer.status)) this.wait(Number(answer.headers.get('Retry-After')) || AGAIN_S, answer.status === 503);
      else this.refused.add(key);
    } catch {
      if (!stop.signal.aborted) this.wait(AGAIN_S, true);
    }
    this.asking.delete(key);
    this.pump();
  }

  private keep({ ms, coarse, size }: Wanted, of: ImageBitmap): void {
    if (!this.sight) return of.close();
    const now = performance.now();
    if (coarse && now - this.last < 2000) this.pace += (now - this.last - this.pace) * 0.15;
    this.last = now;
    this.held.get(ms)?.of.close();
    this.held.delete(ms);
    this.held.set(ms, { of, coarse, size });
    for (const [oldest, { of: gone }] of this.held) {
      if (this.held.size <= MOST) break;
      gone.close();
      this.held.delete(oldest);
    }
    this.away(false);
    this.came();
  }

  private wait(seconds: number, away: boolean): void {
    if (away) this.away(true);
    this.pause ??= setTimeout(() => {
      this.pause = undefined;
      this.pump();
    }, seconds * 1000);
  }
}

interface Wanted {
  ms: number;
  coarse: boolean;
  size: number;
}

function keyOf({ ms, coarse, size }: Wanted): string {
  return `${ms} ${coarse} ${size}`;
}
