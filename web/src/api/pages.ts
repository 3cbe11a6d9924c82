/** A list that is longer than one answer: read page by page, and read again to where one has come. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from './client';
import { type Loaded, problemIn, RETRY_MS, steady } from './load';

const PAGE = 120;
const MOST = 200; // items that the server gives at once

export interface Where {
  limit: number;
  cursor?: string;
}
export interface Answered<T> {
  items: T[];
  next_cursor?: string | null;
}
type Read<T> = (where: Where) => Promise<Answered<T>>;

/** `again` reads anew as much as is shown: nobody who has scrolled is thrown back. */
export interface Pages<T> extends Loaded<T[]> {
  next: string | null; // where it goes on; null at its end
  more: () => void;
  change: (to: (items: T[]) => T[]) => void; // what a person did, seen before the server has answered
}

/** The first pages of a list, at least `wanted` items where it has as many. */
async function upTo<T>(read: Read<T>, wanted: number): Promise<Answered<T>> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(MOST, Math.max(PAGE, wanted - items.length));
    const page: Answered<T> = await read({ limit, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor && items.length < wanted);
  return { items, next_cursor: cursor };
}

/** A whole list, of the kind that is never long. */
export async function everyPage<T>(read: Read<T>): Promise<T[]> {
  return (await upTo(read, Infinity)).items;
}

interface Held<T> {
  key: string;
  items?: T[];
  next: string | null;
  problem?: Problem;
}

export function usePages<T>(key: string, read: Read<T>): Pages<T> {
  const [state, setState] = useState<Held<T>>({ key, next: null });
  const latest = useRef(read);
  latest.current = read;
  const asking = useRef<Pick<Pages<T>, 'again' | 'more' | 'change'>>({ again: () => undefined, more: () => undefined, change: () => undefined });
  useEffect(() => {
    let left = false;
    let on = false; // the end came into view
    let later: ReturnType<typeof setTimeout> | undefined;
    let held: Held<T> = { key, next: null }; // ahead of what is drawn: two readings may follow each other faster
    const show = (now: Held<T>) => !left && setState((held = now));
    const ask = steady(async () => {
      clearTimeout(later);
      if (left) return;
      const cursor = on ? held.next : null;
      on = false;
      try {
        const page = cursor ? await latest.current({ limit: PAGE, cursor }) : await upTo(latest.current, held.items?.length ?? 0);
        show({ key, items: cursor ? [...(held.items ?? []), ...page.items] : page.items, next: page.next_cursor ?? null });
      } catch (error) {
        const problem = problemIn(error);
        show({ ...held, problem });
        if (problem.status === 0 && !left) later = setTimeout(ask, RETRY_MS);
      }
    });
    asking.current = {
      again: () => void ask(),
      more: () => ((on = true), void ask()),
      change: (to) => void (held.items && show({ ...held, items: to(held.items) })),
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(later);
    };
  }, [key]);
  const here = state.key === key;
  return {
    value: here ? state.items : undefined,
    next: here ? state.next : null,
    problem: here ? state.problem : undefined,
    more: () => asking.current.more(),
    again: () => asking.current.again(),
    change: (to) => asking.current.change(to),
  };
}
