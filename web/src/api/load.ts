/** Hooks that read from the server and keep what they have while something newer comes. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './client';

export interface Loaded<T> {
  value: T | undefined;
  problem: Problem | undefined;
  loading: boolean;
  again: () => void;
}

/** Load on mount, when `key` changes, and on `again`; a failure of the network is tried again by itself. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; problem?: Problem; loading: boolean }>({ key, loading: true });
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const again = useCallback(() => {
    const mine = ++turn.current;
    setState((old) => ({ ...(old.key === key ? old : {}), key, loading: true }));
    latest.current().then(
      (value) => mine === turn.current && setState({ key, value, loading: false }),
      (error: unknown) => {
        if (mine !== turn.current) return;
        const problem = error instanceof Problem ? error : new Problem('This went wrong', String(error), '', 0);
        setState((old) => ({ ...old, problem, loading: false }));
        if (problem.status === 0) setTimeout(() => mine === turn.current && again(), 5000);
      },
    );
  }, [key]);
  useEffect(() => {
    again();
    return () => void ++turn.current;
  }, [again]);
  const here = state.key === key;
  return {
    value: here ? state.value : undefined,
    problem: here ? state.problem : undefined,
    loading: !here || state.loading,
    again,
  };
}

const TYPES = ['state', 'progress', 'snapshot', 'sheet', 'measures', 'notice'] as const;
export type EventType = (typeof TYPES)[number];

/** Hear the events at `path`: each is a sign that there is something new to read, at most twice a second for a type. */
export function useEvents(path: string | null, hear: (type: EventType) => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    if (!path) return;
    const waiting = new Map<EventType, ReturnType<typeof setTimeout>>();
    const source = new EventSource(path);
    for (const type of TYPES)
      source.addEventListener(type, () => {
        if (waiting.has(type)) return;
        waiting.set(
          type,
          setTimeout(() => {
            waiting.delete(type);
            latest.current(type);
          }, 500),
        );
      });
    return () => {
      source.close();
      waiting.forEach(clearTimeout);
    };
  }, [path]);
}
