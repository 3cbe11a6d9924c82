import type { Sheet } from '../../api/client';
import { Point, sheetlike, type Sheetlike } from '../../parts/Point';
import { number } from '../../words';

const FRAMES = 6;
const ROWS = 4; // of the sheets in docs/images
const COLUMNS = 7;

interface Frame {
  step: number;
  sheet: Sheetlike;
  href?: string;
}

/** Sheets of the run that the README shows: for a first visit, when nothing has been learnt here yet. */
const shipped = import.meta.glob<string>('../../../../docs/images/sheet-*.png', { eager: true, query: '?url', import: 'default' });

/** The same point at a few moments, of the last training here or of the one that came with Reverie. */
export function Strip({ of }: { of: { job: string; sheets: Sheet[] } | null }) {
  const frames = of ? own(of.sheets, of.job) : brought();
  if (frames.length < 2) return null;
  return (
    <figure class="strip" style={{ '--frames': frames.length }}>
      <ol>
        {frames.map(({ step, sheet, href }) => {
          const point = <Point sheet={sheet} place={0} alt={`Invented picture at step ${number(step)}`} />;
          return (
            <li key={step}>
              {href ? <a href={href}>{point}</a> : point}
              <span class="caption">{step === 0 ? 'Start' : number(step)}</span>
            </li>
          );
        })}
      </ol>
      <figcaption class="caption">
        {of ? 'The same point in the network’s mind while it learnt, in steps.' : 'The same point in the network’s mind while it learns landscapes, in steps.'}
      </figcaption>
    </figure>
  );
}

function own(sheets: Sheet[], job: string): Frame[] {
  return evenly(sheets).map((sheet) => ({ step: sheet.step, sheet: sheetlike(sheet), href: `#/trainings/${job}?step=${sheet.step}` }));
}

function brought(): Frame[] {
  const found = Object.entries(shipped)
    .map(([name, src]) => ({ step: Number(/sheet-(\d+)/.exec(name)?.[1] ?? 0), sheet: { src, rows: ROWS, columns: COLUMNS, ratio: 1 } }))
    .sort((one, other) => one.step - other.step);
  return evenly(found);
}

/** As many as the row holds, the first and the last among them. */
function evenly<T>(all: T[]): T[] {
  const last = Math.min(FRAMES, all.length) - 1;
  return all.filter((_, index) => last < 1 || Array.from({ length: last + 1 }, (_, place) => Math.round((place * (all.length - 1)) / last)).includes(index));
}
