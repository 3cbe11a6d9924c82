/** A list that is read where one looks: its order and extent first, then only the pages near the window. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './client';
import { type Loaded, problemIn, RETRY_MS, steady } from './load';

const SETTLED_MS = 40; // in scrolling: from one asking to the next; what has passed by meanwhile is not asked for
const FIRST_MS = 250; // the first pictures are asked for before the extent of their list; a browser lets one of low priority wait for seconds
const MOST_PAGES = 60; // that are kept

export interface Afar {
  total: number;
  every: number; // rows of a page
  starts: string[]; // the cursor of each page but the first
}

/** From one row of a list through another. */
export type Range = [number, number];

/** What is wanted reaches over more rows than can be named. */
export class TooMany extends Problem {}

/** `soon`: what a first page that holds something tells of the list, until `afar` does. `ids`: of a range, or of all rows; may be TooMany. */
export interface Source<T, A extends Afar> {
  soon: (first: T[]) => A;
  afar: (signal: AbortSignal) => Promise<A>;
  page: (cursor: string | null, signal: AbortSignal) => Promise<T[]>;
  ids: (afar: A, range: Range | null) => Promise<string[]>;
}

/** `partial`: no more than the first page is known. `at`: a row, where it is here. `want`: these rows are near the window. `old`: what is shown is of the key before. */
export interface Rows<T, A extends Afar> extends Loaded<A> {
  old: boolean;
  partial: boolean;
  at: (index: number) => T | undefined;
  want: (first: number, last: number) => void;
  change: (to: (row: T) => T) => void;
  ids: (range?: Range) => Promise<string[]>;
  pages: ReadonlyMap<number, T[]>; // those that are here
  find: (ids: ReadonlySet<string>) => Promise<T[]>; // these rows, wherever in the list they are
}

interface Held<T, A> {
  key: string;
  afar: A;
  partial: boolean;
  pages: Map<number, T[]>;
  ids?: Promise<string[]>;
  places: Map<string, number>; // of rows that were named
}

class Reader<T extends { id: string }, A extends Afar> {
  held: Held<T, A> | undefined;
  problem: Problem | undefined;
  private window: [number, number] = [0, 0]; // pages
  private ahead: 1 | -1 = 1; // the way that one goes
  private asked = 0; // when
  private readonly asking = new Map<number, AbortController>();
  private opening = new AbortController();
  private later: ReturnType<typeof setTimeout> | undefined;
  private settled: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private key: string,
    private source: Source<T, A>,
    private readonly drawn: () => void,
  ) {}

  /** Read the list of another key; what is shown stays until then. */
  open(key: string, source: Source<T, A>): void {
    this.source = source;
    if (key !== this.key) this.opening.abort();
    this.key = key;
    void this.again();
  }

  readonly again = steady(async () => {
    clearTimeout(this.later);
    const { key, source } = this;
    const { signal } = (this.opening = new AbortController());
    const [first, last] = this.held?.key === key ? this.window : [0, 0];
    try {
      const top = first === 0 ? source.page(null, signal) : null; // needs no cursor, so it is asked for at once
      top?.then((rows) => this.begin(key, rows, signal), () => undefined); // said below
      if (this.held?.key !== key && (await top?.catch(() => undefined))?.length) await pause(FIRST_MS);
      const afar = await source.afar(signal);
      const pages = new Map<number, T[]>();
      const read = async (page: number) => void pages.set(page, page === 0 && top ? await top : await this.read(afar, page, signal));
      await Promise.all(range(first, Math.min(last, afar.starts.length)).map(read));
      this.cancel(() => true);
      this.held = { key, afar, pages, partial: false, places: new Map() };
      this.problem = undefined;
      if (this.window[0] !== first || this.window[1] !== last) this.fetch(); // one has moved on meanwhile
    } catch (error) {
      if (signal.aborted) return;
      this.problem = problemIn(error);
      if (this.problem.status === 0) this.later = setTimeout(this.again, RETRY_MS);
    }
    this.drawn();
  });

  /** Show the first page of a list before its extent is known. */
  private begin(key: string, rows: T[], signal: AbortSignal): void {
    if (signal.aborted || this.held?.key === key || rows.length === 0) return;
    this.cancel(() => true);
    this.held = { key, afar: this.source.soon(rows), pages: new Map([[0, rows]]), partial: true, places: new Map() };
    this.drawn();
  }

  want(first: number, last: number): void {
    const every = this.held?.afar.every ?? 1;
    const [before] = this.window;
    const of = (row: number) => Math.max(0, Math.floor(row / every)); // an empty list has a window, too
    const now: [number, number] = [of(first), of(last)];
    this.ahead = now[0] === before ? this.ahead : now[0] > before ? 1 : -1;
    this.window = now;
    const near = this.near();
    this.cancel((page) => page < near[0] || page > near[1]);
    clearTimeout(this.settled);
    const left = this.asked + SETTLED_MS - performance.now();
    if (left <= 0) this.fetch();
    else this.settled = setTimeout(() => this.fetch(), left);
  }

  /** The pages of the window, and the next one on the way that one goes. */
  private near(): [number, number] {
    const [first, last] = this.window;
    return this.ahead > 0 ? [first, last + 1] : [Math.max(0, first - 1), last];
  }

  change(to: (row: T) => T): void {
    this.held?.pages.forEach((rows, page, pages) => pages.set(page, rows.map(to)));
    this.drawn();
  }

  async ids(range: Range | null = null): Promise<string[]> {
    const { held } = this;
    if (!held) return [];
    if (range && held.ids) return (await held.ids).slice(range[0], range[1] + 1);
    const named = (range ? undefined : held.ids) ?? this.source.ids(held.afar, range);
    if (!range) (held.ids = named).catch(() => delete held.ids);
    const ids = await named;
    ids.forEach((id, nth) => held.places.set(id, (range?.[0] ?? 0) + nth));
    return ids;
  }

  async find(ids: ReadonlySet<string>): Promise<T[]> {
    const { held } = this;
    if (!held) return [];
    for (const [page, rows] of held.pages) rows.forEach(({ id }, nth) => held.places.set(id, page * held.afar.every + nth));
    if ([...ids].some((id) => !held.places.has(id))) await this.ids();
    const { signal } = this.opening;
    const found: T[] = [];
    const pages = [...ids].flatMap((id) => held.places.get(id) ?? []).map((index) => Math.floor(index / held.afar.every));
    for (const page of new Set(pages.sort((one, other) => one - other)))
      found.push(...(held.pages.get(page) ?? (await this.read(held.afar, page, signal))).filter(({ id }) => ids.has(id)));
    return found;
  }

  close(): void {
    this.opening.abort();
    this.cancel(() => true);
    clearTimeout(this.later);
    clearTimeout(this.settled);
  }

  private cancel(which: (page: number) => boolean): void {
    for (const [page, control] of this.asking)
      if (which(page)) {
        control.abort();
        this.asking.delete(page);
      }
  }

  private read({ starts }: A, page: number, signal: AbortSignal): Promise<T[]> {
    return this.source.page(page === 0 ? null : (starts[page - 1] ?? null), signal);
  }

  private fetch(): void {
    const { held } = this;
    if (!held || held.key !== this.key) return;
    this.asked = performance.now();
    const [first, last] = this.near();
    for (const page of range(first, Math.min(last, held.afar.starts.length))) {
      if (held.pages.has(page) || this.asking.has(page)) continue;
      const control = new AbortController();
      this.asking.set(page, control);
      this.read(held.afar, page, control.signal).then(
        (rows) => {
          if (control.signal.aborted) return;
          this.asking.delete(page);
          held.pages.set(page, rows);
          this.forget(held.pages);
          this.drawn();
        },
        (error: unknown) => {
          if (control.signal.aborted) return;
          this.asking.delete(page);
          this.problem = problemIn(error);
          if (this.problem.status === 0) this.later = setTimeout(this.again, RETRY_MS);
          this.drawn();
        },
      );
    }
  }

  /** Let go of the pages that are farthest from the window. */
  private forget(pages: Map<number, T[]>): void {
    const away = (page: number) => Math.abs(page - this.window[0]);
    const farthest = [...pages.keys()].sort((one, other) => away(other) - away(one));
    for (const page of farthest.slice(0, Math.max(0, pages.size - MOST_PAGES))) pages.delete(page);
  }
}

const NONE: ReadonlyMap<number, never[]> = new Map();
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

export function useRows<T extends { id: string }, A extends Afar>(key: string, source: Source<T, A>): Rows<T, A> {
  const [, redraw] = useState(0);
  const kept = useRef<Reader<T, A> | null>(null);
  const reader = (kept.current ??= new Reader(key, source, () => redraw((turn) => turn + 1)));
  useEffect(() => reader.open(key, source), [key]);
  useEffect(() => () => reader.close(), []);
  const { held, problem } = reader;
  return {
    value: held?.afar,
    problem,
    old: held !== undefined && held.key !== key,
    partial: held?.partial ?? false,
    at: (index) => held?.pages.get(Math.floor(index / held.afar.every))?.[index % held.afar.every],
    want: (first, last) => reader.want(first, last),
    change: (to) => reader.change(to),
    again: () => void reader.again(),
    ids: (range) => reader.ids(range),
    pages: held?.pages ?? NONE,
    find: (ids) => reader.find(ids),
  };
}
