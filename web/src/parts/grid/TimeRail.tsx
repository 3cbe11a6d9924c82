import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Steering } from './Grid';
import './timerail.css';

export interface Month {
  month: string | null; // "1991-09"; null: without a date
  count: number;
}

interface Stop {
  word: string;
  said: string;
  start: number; // index of its first picture
  end: number;
  month: boolean;
}

const SHORT = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
const LONG = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

export function monthInWords(month: string): string {
  return LONG.format(new Date(`${month}-01`));
}

/** Years, and the months of the one that is in the window: each leads there. Arrows move within; one stop of the Tab key. */
export function TimeRail({ months, steering }: { months: Month[]; steering: RefObject<Steering | null> }) {
  const at = useTop(steering);
  const room = useRef<HTMLElement>(null);
  const stops = stopsOf(months, at);
  const current = stops.findLastIndex(({ start, end }) => start <= at && at < end);
  useEffect(() => {
    const now = room.current?.querySelector<HTMLElement>('[aria-current]');
    if (now && room.current && !room.current.contains(document.activeElement)) centre(room.current, now);
  }, [current, stops.length]);
  if (months.length < 2) return null;
  const roam = (event: KeyboardEvent) => {
    const buttons = [...(room.current?.querySelectorAll('button') ?? [])];
    const here = buttons.findIndex((button) => button === document.activeElement);
    const wanted = { ArrowUp: here - 1, ArrowLeft: here - 1, ArrowDown: here + 1, ArrowRight: here + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    buttons[wanted]?.focus();
  };
  return (
    <nav ref={room} class="time-rail" aria-label="Years and months" onKeyDown={roam}>
      {stops.map(({ word, said, start, month }, index) => (
        <button
          key={said}
          type="button"
          class={month ? 'month' : 'year'}
          aria-label={said}
          aria-current={index === current ? 'true' : undefined}
          tabIndex={index === Math.max(0, current) ? 0 : -1}
          onClick={() => steering.current?.jump(start)}
        >
          {word}
        </button>
      ))}
    </nav>
  );
}

function stopsOf(months: Month[], at: number): Stop[] {
  const years: { year: string | null; start: number; end: number; within: Stop[] }[] = [];
  let start = 0;
  for (const { month, count } of months) {
    const year = month?.slice(0, 4) ?? null;
    if (years.at(-1)?.year !== year || years.length === 0) years.push({ year, start, end: start, within: [] });
    const of = years[years.length - 1]!;
    of.end = start + count;
    if (month) of.within.push({ word: SHORT.format(new Date(`${month}-01`)), said: monthInWords(month), start, end: start + count, month: true });
    start += count;
  }
  return years.flatMap(({ year, start, end, within }) => [
    { word: year ?? 'no date', said: year ?? 'Without a date', start, end, month: false },
    ...(start <= at && at < end && within.length > 1 ? within : []),
  ]);
}

/** The picture at the top of the window, as one scrolls. */
function useTop(steering: RefObject<Steering | null>): number {
  const [at, setAt] = useState(0);
  useEffect(() => {
    const look = () => setAt(steering.current?.top() ?? 0);
    look();
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  return at;
}

function centre(room: HTMLElement, one: HTMLElement): void {
  room.scrollTo(one.offsetLeft - room.clientWidth / 2, one.offsetTop - room.clientHeight / 2);
}
