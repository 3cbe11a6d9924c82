/** Hooks that read from the server and keep what they have while something newer comes. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './client';
import { type EventType, listen } from './stream';

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
      waiting.set(type, setTimeout(later, 500));
    });
    return () => {
      stop();
      waiting.forEach(clearTimeout);
    };
  }, [job]);
}
