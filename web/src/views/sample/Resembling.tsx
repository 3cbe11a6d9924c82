import { useEffect, useState } from 'preact/hooks';
import type { Photo, Problem, Sample } from '../../api/client';
import type { Loaded } from '../../api/load';
import { captionOf, monthOf, type Originals } from '../../api/originals';
import { mirrored } from '../../keys';
import { Look, notLooked } from '../../parts/Look';
import type { Zooming } from '../../parts/zoom';
import { type At, go, withQuery } from '../../routes';
import { Also } from './Also';
import { LeanList, LeanMap } from './Leans';
import { Meter } from './Meter';
import { cellAt, isSame, leanings, type Pair, pairsOf, restingPairs, shownFor, type Spot, spotIn, spotSaid, swapped, whereabouts } from './parts';
import { photosIn, useChosen } from './originals';
import { Three } from './Three';

/** All that the view of a sample knows of what its picture resembles. */
export interface Resembling {
  found: Loaded<Originals>;
  shown: string[]; // photographs beside it
  chosen: string[];
  choose: (photos: string[]) => void;
  oldest: number; // which of the two was chosen longer ago
  held: Spot | null;
  spot: Spot | null;
  point: (spot: Spot | null) => void;
  hold: (spot: Spot | null) => void;
  pairs: Pair[];
  leans: boolean; // whether the map of what it leans on lies over it
  lean: () => void;
}

export function useResembling(at: At, sample: string, found: Loaded<Originals>): Resembling {
  const { value } = found;
  const [chosen, choose, oldest] = useChosen(sample, value);
  const [pointed, setPointed] = useState<Spot | null>(null);
  const point = (next: Spot | null) => setPointed((old) => (isSame(old, next) ? old : next));
  useEffect(() => setPointed(null), [sample]); // the parts of the one before go without a word that the hand has left
  const held = spotIn(at.query.get('part'), value?.parts ?? { columns: 4, rows: 4 });
  const spot = value ? (pointed ?? held) : null;
  const shown = value ? shownFor(value.parts, spot, chosen, mirrored()) : [];
  const cell = value && cellAt(value.parts, spot);
  const pairs = !value ? [] : cell ? pairsOf(value.parts, cell).filter(({ photo }) => shown.includes(photo)) : restingPairs(value.parts, shown);
  const set = (changes: Record<string, string | null>) => go(withQuery(at, changes), { replace: true });
  const leans = at.query.has('leans');
  return { found, shown, chosen, choose, oldest, held, spot, point, hold: (next) => (point(null), set({ part: next && spotSaid(next) })), pairs, leans, lean: () => set({ leans: leans ? null : '1' }) };
}

/** The picture between its originals; where there are none to show, the picture alone. */
export function Pictures({ sample, of, zoom }: { sample: Sample; of: Resembling; zoom: Zooming }) {
  const { found, shown, spot, held, pairs, point, hold, leans } = of;
  const { value, problem } = found;
  const photos = value ? photosIn(value) : undefined;
  const beside = photos ? shown.map((id) => photos.get(id)) : problem ? [] : [undefined, undefined];
  const leaning = value ? leanings(value.parts) : [];
  return (
    <>
      <Three sample={sample} photos={beside} parts={value && shown.length > 0 ? value.parts : undefined} spot={leans ? null : spot} held={held} pairs={leans ? [] : pairs} zoom={zoom} point={point} hold={hold}>
        {leans && value && <LeanMap parts={value.parts} leanings={leaning} />}
      </Three>
      {value && shown.length > 0 && (
        <div class={leans ? 'under-three leaning' : 'under-three'}>
          {leans && photos ? <LeanList leanings={leaning} photos={photos} of={value.parts.cells.length} /> : <Pointed of={of} value={value} />}
          <button type="button" class="word small" aria-pressed={leans} onClick={of.lean}>
            {leans ? 'Show what resembles what' : 'Show where it leans'}
          </button>
          <p class="caption">Resemblance, never proof</p>
        </div>
      )}
    </>
  );
}

/** What a part resembles, said: also for those who do not see the lines. */
function Pointed({ of: { spot }, value }: { of: Resembling; value: Originals }) {
  const best = cellAt(value.parts, spot)?.items[0];
  const photo = best && photosIn(value).get(best.photo_id);
  const touch = matchMedia('(hover: none)').matches;
  return (
    <p class="pointed" aria-live="polite">
      {spot && photo ? `${whereabouts(spot, value.parts)}: most like ${saidShort(photo)}` : `${touch ? 'Touch' : 'Point at'} a part of it to see what it resembles.`}
    </p>
  );
}

const saidShort = (photo: Photo): string => [captionOf(photo), monthOf(photo)].filter(Boolean).join(', ');

/** How original it is, and what else it resembles; or why nobody can say. */
export function Resemblances({ of: { found, chosen, choose, oldest } }: { of: Resembling }) {
  const { value, problem } = found;
  if (value)
    return (
      <>
        <Meter of={value.originality} />
        {value.items.length > 0 ? <Also of={value} shown={chosen} swap={(photo) => choose(swapped(chosen, photo, oldest))} /> : <Nothing>None of your photographs is left to compare it with.</Nothing>}
      </>
    );
  return (
    <section class="stack also">
      <div class="spread">
        <h2>What it resembles</h2>
        <p class="caption">Resemblance, never proof</p>
      </div>
      {problem ? <Why problem={problem} again={found.again} /> : <p class="small">Looking through your photographs</p>}
    </section>
  );
}

function Nothing({ children }: { children: string }) {
  return (
    <section class="stack also">
      <div class="spread">
        <h2>What it resembles</h2>
        <p class="caption">Resemblance, never proof</p>
      </div>
      <p class="small">{children}</p>
    </section>
  );
}

function Why({ problem, again }: { problem: Problem; again: () => void }) {
  const job = problem.fact('job');
  const dataset: unknown = typeof job === 'object' && job ? Reflect.get(job, 'dataset_id') : undefined;
  if (notLooked(problem) && typeof dataset === 'string') return <Look dataset={dataset} why={problem.detail} looked={again} />;
  if (problem.status === 503)
    return (
      <p class="small" role="status">
        Warming up. Reverie asks again by itself.
      </p>
    );
  if (problem.status === 409) return <p class="small">{problem.text}</p>;
  return (
    <div class="stack small" role="alert">
      <p>
        <strong>{problem.title}.</strong> {problem.text}
      </p>
      <button type="button" class="word" onClick={again}>
        Try again
      </button>
    </div>
  );
}
