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

export function usePages<T>(key: string, read: Read<T>): Pages<T> {
  const [state, setState] = useState<{ key: string; items?: T[]; next: string | null; problem?: Problem }>({ key, next: null });
  const latest = useRef({ read, count: 0, next: state.next });
  latest.current = { read, count: state.key === key ? (state.items?.length ?? 0) : 0, next: state.next };
  const asking = useRef<Pick<Pages<T>, 'again' | 'more'>>({ again: () => undefined, more: () => undefined });
  useEffect(() => {
    let left = false;
    let on = false; // the end came into view
    let later: ReturnType<typeof setTimeout> | undefined;
    const ask = steady(async () => {
      clearTimeout(later);
      if (left) return;
      const { read, count, next } = latest.current;
      const cursor = on ? next : null;
      on = false;
      try {
        const page = cursor ? await read({ limit: PAGE, cursor }) : await upTo(read, count);
        if (!left) setState((old) => ({ key, items: cursor ? [...(old.items ?? []), ...page.items] : page.items, next: page.next_cursor ?? null }));
      } catch (error) {
        if (left) return;
        const problem = problemIn(error);
        setState((old) => ({ ...(old.key === key ? old : { next: null }), key, problem }));
        if (problem.status === 0) later = setTimeout(ask, RETRY_MS);
      }
    });
    asking.current = { again: () => void ask(), more: () => ((on = true), void ask()) };
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
    change: (to) => setState((old) => (old.items ? { ...old, items: to(old.items) } : old)),
  };
}
