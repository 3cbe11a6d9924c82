import { useEffect, useRef } from 'preact/hooks';
import { number } from '../words';
import './tabs.css';

export interface Tab {
  name: string;
  href: string;
  here: boolean;
  count?: number | undefined;
}

/** Ways to look at one thing; on a phone the row is scrolled to where one is. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const row = useRef<HTMLElement>(null);
  const at = tabs.find(({ here }) => here)?.name;
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (row.current && current) row.current.scrollLeft = current.offsetLeft - row.current.offsetLeft - (row.current.clientWidth - current.clientWidth) / 2;
  }, [at]);
  return (
    <nav ref={row} class="tabs" aria-label={label}>
      {tabs.map(({ name, href, here, count }) => (
        <a key={name} href={href} aria-current={here ? 'true' : undefined}>
          {name}
          {count !== undefined && <span>{number(count)}</span>}
        </a>
      ))}
    </nav>
  );
}
