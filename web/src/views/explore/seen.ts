import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Which parts of a list have been in sight by now: those with `data-seen`, by what it says. `key` is another where there are others. */
export function useSeen(list: RefObject<HTMLElement | null>, key: string): string[] {
  const [seen, setSeen] = useState<string[]>([]);
  useEffect(() => {
    const { current } = list;
    if (!current) return;
    const watch = new IntersectionObserver((entries) => {
      const came = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target.getAttribute('data-seen') ?? '');
      if (came.length > 0) setSeen((old) => [...new Set([...old, ...came])]);
    });
    current.querySelectorAll('[data-seen]').forEach((one) => watch.observe(one));
    return () => watch.disconnect();
  }, [key]);
  return seen;
}
