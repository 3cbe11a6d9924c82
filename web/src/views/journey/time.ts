/** Time on a line: where a moment stands, which moment lies under a hand, what it clicks to. Distances are CSS pixels from where reading begins. */

export interface Scale {
  duration: number; // seconds
  width: number; // of the whole of it
  inset: number; // before it begins: half a picture
}

const DIGITS = 1000; // a moment is told to the millisecond
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600]; // seconds from one to the next

export function tidy(seconds: number): number {
  return Math.round(seconds * DIGITS) / DIGITS || 0;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

export function placeOf({ duration, width, inset }: Scale, at: number): number {
  return inset + (duration > 0 ? (at / duration) * width : 0);
}

/** The moment at a place; beyond its ends, the ends. */
export function timeAt({ duration, width, inset }: Scale, place: number): number {
  return width > 0 ? tidy(clamp(((place - inset) / width) * duration, 0, duration)) : 0;
}

/** How far a pointer is from where reading begins. */
export function fromStart(clientX: number, box: { left: number; right: number }, mirrored: boolean): number {
  return mirrored ? box.right - clientX : clientX - box.left;
}

/** The nearest of some marks in order of time, or the moment itself where none is within reach. */
export function snapped(at: number, marks: readonly number[], reach = Infinity): number {
  const after = firstAfter(marks, at);
  const near = [marks[after - 1], marks[after]].filter((mark) => mark !== undefined);
  const best = near.reduce<number | undefined>((found, mark) => (found === undefined || Math.abs(mark - at) < Math.abs(found - at) ? mark : found), undefined);
  return best !== undefined && Math.abs(best - at) <= reach ? tidy(best) : at;
}

/** The mark before or after a moment; its end, where there is none. */
export function beside(at: number, marks: readonly number[], by: 1 | -1, duration: number): number {
  const near = 1 / DIGITS;
  if (by > 0) return marks.find((mark) => mark > at + near) ?? duration;
  return marks.findLast((mark) => mark < at - near) ?? 0;
}

function firstAfter(marks: readonly number[], at: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The beats of a soundtrack as moments of a journey that begins `from` seconds into it. */
export function within(marks: readonly number[], from: number, duration: number): number[] {
  return marks.map((mark) => tidy(mark - from)).filter((at) => at >= 0 && at <= duration);
}

export interface Tick {
  at: number;
  long: boolean;
}

/** Where nobody hears a beat: seconds, as many as there is room for, every fourth or fifth a long one. */
export function ticks({ duration, width }: Scale, room = 20): Tick[] {
  const wanted = (room / Math.max(1, width)) * duration;
  const every = TICKS.find((one) => one >= wanted) ?? TICKS.at(-1)!;
  const long = every === 15 || every === 30 ? 4 : 5;
  return Array.from({ length: Math.floor(duration / every + 1e-6) + 1 }, (_, nth) => ({ at: tidy(nth * every), long: nth % long === 0 }));
}

/** Beats as ticks, bars the long ones; where they are too dense to be told apart, bars alone. */
export function beatTicks(beats: readonly number[], bars: readonly number[], { duration, width }: Scale, room = 5): Tick[] {
  const heavy = new Set(bars);
  const all = [...new Set([...beats, ...bars])].sort((one, other) => one - other).map((at) => ({ at, long: heavy.has(at) }));
  const dense = (all.length / Math.max(0.001, duration)) * duration * room > width;
  return dense ? all.filter(({ long }) => long) : all;
}

/** Moments at which small pictures fit between those of keyframes. */
export function betweens(places: readonly { at: number; half: number }[], scale: Scale, small: number, gap = 24): number[] {
  const found: number[] = [];
  places.slice(1).forEach((next, nth) => {
    const before = places[nth]!;
    const begin = placeOf(scale, before.at) + before.half;
    const room = placeOf(scale, next.at) - next.half - begin;
    const many = Math.floor((room - gap) / (small + gap));
    for (let one = 0; one < many; one++) found.push(timeAt(scale, begin + (room * (one + 1)) / (many + 1)));
  });
  return found;
}

/** 0:17, 1:00, 1:02:03; with tenths, where they matter. */
export function clock(seconds: number, { tenths = false } = {}): string {
  const whole = tenths ? Math.round(seconds * 10) / 10 : Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = whole % 60;
  const last = tenths ? rest.toFixed(1).padStart(4, '0') : String(Math.floor(rest)).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${last}` : `${minutes}:${last}`;
}

/** 17 seconds, 1 minute 2 seconds: for those who hear it. */
export function spoken(seconds: number): string {
  const whole = Math.round(seconds * 10) / 10;
  const minutes = Math.floor(whole / 60);
  const rest = tidy(whole - 60 * minutes);
  const said = `${rest} ${rest === 1 ? 'second' : 'seconds'}`;
  return minutes === 0 ? said : rest === 0 ? `${minutes} min` : `${minutes} min ${said}`;
}

/** A moment read as somebody types it: 17, 17.5, 1:02. Null, where it says none. */
export function readTime(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':').map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : NaN));
  if (parts.length > 3 || parts.some(Number.isNaN)) return null;
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}
