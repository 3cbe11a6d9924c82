/** What was done, so that it can be undone, and done again. */

const MOST = 200; // steps back

export interface History<T> {
  past: readonly T[];
  now: T;
  future: readonly T[];
  doing: string; // what is being done: while it stays the same, it is one step
}

export function begun<T>(now: T): History<T> {
  return { past: [], now, future: [], doing: '' };
}

/** One more step; of a drag or a slider, `doing` names it, so that all of it is one. */
export function done<T>(history: History<T>, now: T, doing = ''): History<T> {
  if (now === history.now) return history;
  if (doing && doing === history.doing) return { ...history, now, future: [] };
  return { past: [...history.past, history.now].slice(-MOST), now, future: [], doing };
}

/** What follows is a step of its own, though it has the same name. */
export function rested<T>(history: History<T>): History<T> {
  return history.doing ? { ...history, doing: '' } : history;
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  return before === undefined ? history : { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], doing: '' };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  return next === undefined ? history : { past: [...history.past, history.now], now: next, future, doing: '' };
}
