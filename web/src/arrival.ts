/** Coming to a view: its title is focused when it is first there, and the tab bears its name. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const NAME = 'Reverie';

export function useArrival(address: string): { main: RefObject<HTMLElement | null>; title: string } {
  const main = useRef<HTMLElement>(null);
  const [title, setTitle] = useState('');
  useEffect(() => {
    scrollTo(0, 0);
    const before = document.activeElement;
    let arrived: Element | null = null;
    const look = () => {
      const h1 = main.current?.querySelector('h1');
      const named = h1?.dataset['title'] ?? h1?.textContent?.trim() ?? '';
      setTitle(named);
      document.title = named ? `${named} · ${NAME}` : NAME;
      if (!h1 || arrived) return;
      arrived = h1;
      // Data may come late: who has gone on by keyboard meanwhile is not taken back.
      if (document.activeElement === before || document.activeElement === document.body) h1.focus({ preventScroll: true });
    };
    look();
    const seen = new MutationObserver(look);
    if (main.current) seen.observe(main.current, { childList: true, subtree: true, characterData: true });
    return () => seen.disconnect();
  }, [address]);
  return { main, title };
}
