/** Hooks that read from the server and keep what they have while something newer comes. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './client';
import { type EventType, listen } from './stream';

export const RETRY_MS = 5000;
const SIGN_MS = 500;

export interface Loaded<T> {
  value: T | undefined;
  problem: Problem | undefined;
  again: () => void;
}

/** One at a time, and once more where it was asked for meanwhile: nothing piles up, and the last asking is answered. */
export function steady(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let more = false;
  const rounds = async () => {
    do {
      more = false;
      await work();
    } while (more);
    running = null;
  };
  return () => {
    more = running !== null;
    return (running ??= rounds());
  };
}

/** Load on mount, when `key` changes, and on `again`; a failure of the network is tried again by itself. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; problem?: Problem }>({ key });
  const latest = useRef(load);
  latest.current = load;
  const asking = useRef<() => void>(() => undefined);
  useEffect(() => {
    let left = false;
    let later: ReturnType<typeof setTimeout> | undefined;
    const ask = steady(async () => {
      clearTimeout(later);
      if (left) return;
      try {
        const value = await latest.current();
        if (!left) setState({ key, value });
      } catch (error) {
        if (left) return;
        const problem = problemIn(error);
        setState((old) => ({ ...(old.key === key ? old : {}), key, problem }));
        if (problem.status === 0) later = setTimeout(ask, RETRY_MS);
      }
    });
    asking.current = () => void ask();
    void ask();
    return () => {
      left = true;
      clearTimeout(later);
    };
  }, [key]);
  const again = useCallback(() => asking.current(), []);
  const here = state.key === key;
  return { value: here ? state.value : undefined, problem: here ? state.problem : undefined, again };
}

export function problemIn(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('This went wrong', String(error), '', 0);
}

/** Hear events, of one job or of all (null: of none): a sign that there is something new to read, at most twice a second for a type. */
export function useEvents(job: string | null, hear: (type: EventType) => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    if (!job) return;
    const waiting = new Map<EventType, ReturnType<typeof setTimeout>>();
    const stop = listen((type, of) => {
      if (waiting.has(type) || (job !== 'all' && of !== '' && of !== job)) return;
      const later = () => {
        waiting.delete(type);
        latest.current(type);
      };
      waiting.set(type, setTimeout(later, SIGN_MS));
    });
    return () => {
      stop();
      waiting.forEach(clearTimeout);
    };
  }, [job]);
}
