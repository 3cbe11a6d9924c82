import { useEffect, useRef } from 'preact/hooks';
import type { Sheet } from '../api/client';
import { number } from '../words';
import './filmstrip.css';
import { Point, sheetlike } from './Point';

/** Which moment is best, as far as is known: by step, the chance that it is. */
export interface Leaning {
  best: number | null;
  chances: ReadonlyMap<number, number>;
}

interface FilmStripProps {
  sheets: Sheet[];
  coming?: number[]; // steps that are still to come
  at: number; // the step in view
  place?: number; // the point that is watched
  leans?: Leaning; // marks below
  choose: (step: number) => void;
}

/** The same point at each moment; arrows, Home and End move along it. */
export function FilmStrip({ sheets, coming = [], at, place = 0, leans, choose }: FilmStripProps) {
  const current = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const button = current.current;
    const strip = button?.closest('ol');
    if (button && strip) strip.scrollLeft = button.offsetLeft - strip.clientWidth / 2;
  }, [at, sheets.length]);
  const index = sheets.findIndex((sheet) => sheet.step === at);
  const keys = (event: KeyboardEvent) => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: sheets.length - 1 }[event.key];
    const sheet = to === undefined ? undefined : sheets[to];
    if (!sheet) return;
    event.preventDefault();
    choose(sheet.step);
    requestAnimationFrame(() => current.current?.focus());
  };
  return (
    <ol class="filmstrip" aria-label="Moments of the training" style={{ '--ratio': sheets[0] ? sheetlike(sheets[0]).ratio : 1 }} onKeyDown={keys}>
      {sheets.map((sheet) => (
        <li key={sheet.step}>
          <button
            type="button"
            ref={sheet.step === at ? current : undefined}
            aria-pressed={sheet.step === at}
            tabIndex={sheet.step === at ? 0 : -1}
            aria-label={`Step ${number(sheet.step)}${leant(leans?.chances.get(sheet.step))}`}
            onClick={() => choose(sheet.step)}
          >
            <Point sheet={sheetlike(sheet)} place={place} />
          </button>
          <span class="caption">{number(sheet.step)}</span>
          {leans && <span class="lean" data-foremost={sheet.step === leans.best} style={{ '--lean': leans.chances.get(sheet.step) ?? 0 }} />}
        </li>
      ))}
      {coming.map((step) => (
        <li key={step} class="blank">
          <span class="frame" />
          <span class="caption">{number(step)}</span>
        </li>
      ))}
    </ol>
  );
}

function leant(chance = 0): string {
  const hundredths = Math.round(100 * chance);
  return hundredths > 0 ? `, the best one with ${hundredths} in 100` : '';
}
