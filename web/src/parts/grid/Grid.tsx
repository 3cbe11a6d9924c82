import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { mirrored } from '../../keys';
import { count } from '../../words';
import { Icon } from '../Icon';
import './grid.css';
import { type Layout, layoutOf, type Section } from './layout';

const BESIDE = 0.6; // of a screen above and below the window that is drawn as well
const RESTED_MS = 120; // after a jump, until it is; again, while pictures of the window are on their way
const ABOVE = 24; // px kept free above what one comes to by keyboard
const BELOW = 110; // px below it, for the bar of the selection
const LONG_PRESS_MS = 500;

export interface Item {
  id: string;
  name: string; // said where the picture is not seen, after a verb
  href: string;
}

/** What others may ask of a grid: to go to a cell, and which one is at the top of the window. */
export interface Steering {
  jump: (index: number) => void;
  restore: (index: number, scroll: number) => void; // as one left it
  top: () => number;
  focused: () => number | null;
}

interface GridProps {
  label: string;
  sections: Section[];
  partial: boolean; // it goes on, nobody knows yet how far
  size: number; // px of a cell, about
  item: (index: number) => Item | undefined; // undefined: not here yet
  draw: (index: number, shown: number, urgent: boolean) => ComponentChildren; // the picture of an item that is here; urgent: in the window
  beside?: (index: number) => ComponentChildren; // what stands beside the link
  high?: (cell: number) => number; // how high a cell of a width is
  chosen?: ReadonlySet<string>;
  choose?: (index: number, through: boolean) => void; // through: all from the last one chosen on; where nothing is to be chosen, none
  want: (first: number, last: number) => void;
  steering: RefObject<Steering | null>;
}

/** A grid of any length of which only what is near the window is there; one stop of the Tab key, arrows within. */
export function Grid({ label, sections, partial, size, item, draw, beside, high, chosen = NOTHING, choose, want, steering }: GridProps) {
  const room = useRef<HTMLDivElement>(null);
  const { width, gap } = useWidth(room);
  const layout = useMemo(() => layoutOf(sections, { width, size: fitting(size, width), gap, high }), [sections, width, gap, size]);
  const { first, last, urgent } = useNear(room, layout, width > 0);
  const [at, setAt] = useState(0);
  const focus = Math.min(at, Math.max(0, layout.total - 1));
  const coming = useRef<number | null>(null); // to be focused once it is drawn
  useEffect(() => {
    if (layout.total > 0 && width > 0) want(first, last);
  }, [first, last, layout]);
  useLayoutEffect(() => {
    if (coming.current === null) return;
    link(room.current, coming.current)?.focus({ preventScroll: true });
    coming.current = null;
  });
  const anchored = useAnchor(room, layout);
  steering.current = {
    jump: (index) => {
      setAt(index);
      scrollTo(0, topOf(room.current) + layout.place(index).y - (index === layout.placed.find(({ start }) => start === index)?.start ? 60 : ABOVE));
    },
    restore: (index, scroll) => {
      coming.current = index;
      setAt(index);
      scrollTo(0, scroll);
      link(room.current, index)?.focus({ preventScroll: true });
    },
    top: anchored,
    focused: () => (room.current?.contains(document.activeElement) ? focus : null),
  };
  const go = (to: number) => {
    reveal(room.current, layout, to);
    coming.current = to;
    setAt(to);
  };
  const ending = useRef(false); // to the end, once it is known where that is
  useEffect(() => {
    if (!partial && ending.current) go(layout.total - 1);
    ending.current = false;
  }, [partial]);
  const move = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLAnchorElement)) return;
    ending.current = partial && event.key === 'End';
    if (ending.current) return event.preventDefault();
    const to = layout.to(focus, turned(event.key, room.current), innerHeight - ABOVE - BELOW);
    if (to === null) return;
    event.preventDefault();
    go(to);
    if (event.shiftKey && choose) {
      if (chosen.size === 0) choose(focus, false);
      choose(to, true);
    }
  };
  const cells = [];
  for (let index = first; index <= last; index++) cells.push(index);
  if (layout.total > 0 && (focus < first || focus > last)) cells.push(focus); // focus is not lost by scrolling
  return (
    <div ref={room} class={chosen.size > 0 ? 'grid-room choosing' : 'grid-room'} style={{ blockSize: `${layout.height}px` }} onKeyDown={move}>
      {layout.placed
        .filter(({ title, start, count: many }) => title !== null && start <= last && start + many > first)
        .map(({ title, count: many, top }) => (
          <header key={title} class="row grid-heading" style={{ insetBlockStart: `${top}px` }}>
            <h2>{title}</h2>
            <span class="small">{layout.placed.length > 1 && !partial && count(many, 'photograph')}</span>
          </header>
        ))}
      <ul aria-label={label}>
        {width > 0 &&
          cells.map((index) => (
            <Cell
              key={index}
              index={index}
              layout={layout}
              item={item(index)}
              chosen={chosen.has(item(index)?.id ?? '')}
              choosing={chosen.size > 0}
              stop={index === focus}
              choose={choose}
              come={() => setAt(index)}
              beside={beside}
            >
              {item(index) ? draw(index, layout.cell, urgent(index)) : <span class="grid-coming" />}
            </Cell>
          ))}
      </ul>
    </div>
  );
}

const NOTHING: ReadonlySet<string> = new Set();

interface CellProps {
  index: number;
  layout: Layout;
  item: Item | undefined;
  chosen: boolean;
  choosing: boolean;
  stop: boolean; // of the Tab key
  choose: GridProps['choose'];
  come: () => void;
  beside: GridProps['beside'];
  children: ComponentChildren;
}

/** A click opens, with Shift it chooses up to there; so do the corner and, on a phone, a long press. */
function Cell({ index, layout, item, chosen, choosing, stop, choose, come, beside, children }: CellProps) {
  const pressed = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const held = useRef(false);
  const { x, y } = layout.place(index);
  const press = (event: PointerEvent) => {
    held.current = false;
    if (event.pointerType !== 'touch' || !choose) return;
    pressed.current = setTimeout(() => {
      held.current = true;
      choose(index, false);
    }, LONG_PRESS_MS);
  };
  const release = () => clearTimeout(pressed.current);
  const click = (event: MouseEvent) => {
    const touched = choosing && matchMedia('(hover: none)').matches;
    if (!held.current && !event.shiftKey && !touched) return;
    if (!choose) return;
    event.preventDefault();
    if (!held.current) choose(index, event.shiftKey);
  };
  useEffect(() => release, []);
  return (
    <li class={chosen ? 'chosen' : undefined} data-index={index} aria-posinset={index + 1} aria-setsize={layout.total} style={{ insetInlineStart: `${x}px`, insetBlockStart: `${y}px`, inlineSize: `${layout.cell}px`, blockSize: `${layout.high}px` }}>
      <a
        {...(item ? { href: item.href } : { role: 'link', 'aria-disabled': true, 'aria-label': `Photograph ${index + 1}, coming` })}
        tabIndex={stop ? 0 : -1}
        onFocus={come}
        onPointerDown={press}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerLeave={release}
        onContextMenu={(event) => held.current && event.preventDefault()}
        onClick={click}
      >
        {children}
      </a>
      {item && choose && (
        <button type="button" class="tick" tabIndex={-1} aria-pressed={chosen} aria-label={`Choose ${item.name}`} onClick={(event) => choose(index, event.shiftKey)}>
          <span>
            <Icon name="check" />
          </span>
        </button>
      )}
      {item && beside?.(index)}
    </li>
  );
}

/** On a phone a size is a number of columns. */
function fitting(size: number, width: number): number {
  if (width >= 500) return size;
  const columns = size < 120 ? 5 : size < 200 ? 3 : size < 300 ? 2 : 1;
  return Math.floor(width / columns) - 8;
}

function useWidth(room: RefObject<HTMLElement | null>): { width: number; gap: number } {
  const [found, setFound] = useState({ width: 0, gap: 12 });
  useLayoutEffect(() => {
    const element = room.current;
    if (!element) return;
    const measure = () => {
      const gap = parseFloat(getComputedStyle(element).getPropertyValue('--between')) || 12;
      const { clientWidth: width } = element;
      setFound((old) => (old.width === width && old.gap === gap ? old : { width, gap }));
    };
    measure();
    const seen = new ResizeObserver(measure);
    seen.observe(element);
    return () => seen.disconnect();
  }, []);
  return found;
}

interface Near {
  first: number;
  last: number;
  urgent: (index: number) => boolean; // in the window, when these were found
}

/** The cells near the window; drawn anew only when others come near. Where one jumps to, first those in the window alone. */
function useNear(room: RefObject<HTMLElement | null>, layout: Layout, known: boolean): Near {
  const [near, setNear] = useState(NOWHERE);
  const latest = useRef(near);
  const resting = useRef(false); // since a jump, also while widths and lengths become known
  useLayoutEffect(() => {
    let rested: ReturnType<typeof setTimeout> | undefined;
    const show = (now: Near) => {
      if (latest.current.first !== now.first || latest.current.last !== now.last) setNear((latest.current = now));
    };
    const look = () => {
      clearTimeout(rested);
      if (!room.current || !known || layout.total === 0) return show(NOWHERE); // without a width all cells are near
      const top = -room.current.getBoundingClientRect().top;
      const [from, to] = layout.near(top, top + innerHeight);
      const beside = BESIDE * innerHeight;
      const [first, last] = layout.near(top - beside, top + innerHeight + beside);
      const urgent = (index: number) => index >= from && index <= to;
      const widely = () => {
        resting.current = false;
        show({ first, last, urgent });
      };
      resting.current ||= from > latest.current.last || to < latest.current.first;
      if (!resting.current) return widely();
      show({ first: from, last: to, urgent });
      const rest = () => (coming(room.current) ? wait() : widely());
      const wait = () => (rested = setTimeout(rest, RESTED_MS));
      wait();
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      clearTimeout(rested);
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [layout]);
  return { ...near, last: Math.min(near.last, layout.total - 1) };
}

function coming(room: HTMLElement | null): boolean {
  return [...(room?.querySelectorAll<HTMLElement>('img, .grid-coming') ?? [])].some((one) => !(one instanceof HTMLImageElement && one.complete));
}

const NOWHERE: Near = { first: 0, last: -1, urgent: () => false };

/** Keep the cell at the top of the window there when sizes change; gives it. */
function useAnchor(room: RefObject<HTMLElement | null>, layout: Layout): () => number {
  const before = useRef(layout);
  const index = (of: Layout) => {
    const top = ABOVE + 40 - (room.current?.getBoundingClientRect().top ?? 0);
    return of.total === 0 ? 0 : of.near(top, top)[0];
  };
  const kept = useRef(0);
  if (before.current !== layout && before.current.cell !== layout.cell) kept.current = index(before.current);
  useLayoutEffect(() => {
    const resized = before.current.cell !== layout.cell && before.current.total === layout.total && kept.current > 0;
    before.current = layout;
    if (resized) scrollTo(0, topOf(room.current) + layout.place(kept.current).y - ABOVE - 36);
  }, [layout]);
  return () => index(layout);
}

/** Where one reads from right to left, the next picture is to the left. */
function turned(key: string, room: HTMLElement | null): string {
  if (!room || !mirrored(room)) return key;
  return { ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' }[key] ?? key;
}

function topOf(element: HTMLElement | null): number {
  return (element?.getBoundingClientRect().top ?? 0) + scrollY;
}

function link(room: HTMLElement | null, index: number): HTMLElement | null {
  return room?.querySelector<HTMLElement>(`[data-index="${index}"] > a`) ?? null;
}

/** Scroll just so far that a cell is in the window. */
function reveal(room: HTMLElement | null, layout: Layout, index: number): void {
  const top = topOf(room) + layout.place(index).y;
  if (top - ABOVE < scrollY) scrollTo(0, top - ABOVE);
  else if (top + layout.high + BELOW > scrollY + innerHeight) scrollTo(0, top + layout.high + BELOW - innerHeight);
}
