import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api/client';
import { among, anySeed, type AtLeast, draw, LAST_SEED, MOST_PICTURES } from '../api/draw';
import { inWords } from '../recipe';
import { FARTHEST, named, NEAREST, type Place, pointOf, tileOf } from '../views/explore/place';
import { count, number } from '../words';
import { Button } from './Button';
import './draw.css';
import { Look, notLooked } from './Look';
import { Typed } from './Typed';

interface DrawProps {
  model: string;
  labels: string[];
  title: string;
  around?: Place | null; // from around it alone
  archive?: string | null | undefined; // that it has learnt from: what is too near to one of its photographs can be passed over
}

const DRAWN_FOR_ONE = 20; // see kinds/generate/params.py
const NEARNESS: [AtLeast | '', string][] = [['', 'as it comes'], ['near', 'nothing that is nearly a copy'], ['own', 'only what is its own picture']];

/** Draw pictures from one model: how many, how strange, from which seed on. */
export function Draw({ model, labels, title, around = null, archive = null }: DrawProps) {
  const [pictures, setPictures] = useState(28);
  const [psi, setPsi] = useState(around?.psi ?? 0.7);
  const [seed, setSeed] = useState(anySeed);
  const [label, setLabel] = useState(String(around?.at.class_label ?? ''));
  const [diverse, setDiverse] = useState(false);
  const [nearness, setNearness] = useState<AtLeast | ''>('');
  const [unlooked, setUnlooked] = useState<string | null>(null); // why nobody can say yet what is its own
  const [degrees, setDegrees] = useState(Math.round(around?.d ?? 0));
  const form = useRef<HTMLElement>(null);
  useEffect(() => {
    if (around) form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const apart = diverse && pictures >= 2 && !nearness;
  const ask = async () => {
    setUnlooked(null);
    const wanted = {
      count: pictures,
      truncation_psi: psi,
      seed,
      ...(label ? { class_label: Number(label) } : {}),
      ...(apart ? { diverse: among(pictures) } : {}),
      ...(nearness ? { at_least: nearness } : {}),
      ...(around ? { region: { point: pointOf(around), degrees } } : {}),
    };
    await draw(model, wanted).catch((error: unknown) => {
      if (!(error instanceof Problem) || !notLooked(error)) throw error;
      setUnlooked(error.detail);
    });
  };
  return (
    <section class="draw stack" ref={form}>
      <h2>{title}</h2>
      {around && <Around place={around} psi={psi} degrees={degrees} change={setDegrees} />}
      <label class="strangeness">
        <span class="hidden">From typical to strange</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={psi}
          title="Truncation. At 0 there is one single picture, the most typical one."
          aria-valuetext={`${psi}, ${inWords(psi)}`}
          onInput={(event) => setPsi(Number(event.currentTarget.value))}
        />
        <span class="caption">Typical</span>
        <output class="small">{inWords(psi)}</output>
        <span class="caption">Strange</span>
      </label>
      {labels.length > 0 && (
        <label class="small kind-of">
          Pictures of
          <select class="field" value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
            <option value="">{around ? 'the kind that is there' : 'all that it tells apart, in turn'}</option>
            {labels.map((name, number) => (
              <option key={number} value={String(number)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="numbers">
        <label class="small">
          Pictures
          <Typed min={1} max={MOST_PICTURES} value={pictures} take={(text) => setPictures(within(text, 1, MOST_PICTURES))} />
        </label>
        <label class="small">
          First seed
          <Typed min={0} max={LAST_SEED} value={seed} take={(text) => setSeed(within(text, 0, LAST_SEED))} />
        </label>
      </div>
      {archive && (
        <label class="small kind-of">
          Beside your photographs
          <select class="field" value={nearness} onChange={(event) => setNearness(NEARNESS.find(([name]) => name === event.currentTarget.value)?.[0] ?? '')}>
            {NEARNESS.map(([name, words]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      {nearness && <p class="caption">What is too near to one photograph is passed over, and another is drawn in its place: up to {DRAWN_FOR_ONE} for each picture.</p>}
      <label class="small row">
        <input type="checkbox" checked={diverse && !nearness} disabled={pictures < 2 || nearness !== ''} onChange={(event) => setDiverse(event.currentTarget.checked)} />
        No two alike
      </label>
      {apart && <p class="caption">Chosen among {number(among(pictures))} that it could draw: those that lie farthest apart, the most typical first.</p>}
      {unlooked && archive && <Look dataset={archive} why={unlooked} looked={() => undefined} />}
      <Button busy="Drawing" does={ask}>
        Draw {count(pictures, 'picture')}
      </Button>
    </section>
  );
}

/** The place that pictures come from, and how far around it. */
function Around({ place, psi, degrees, change }: { place: Place; psi: number; degrees: number; change: (degrees: number) => void }) {
  return (
    <div class="around">
      <img src={tileOf(place.model, pointOf({ ...place, psi }), { size: 192, view: 'draw' })} alt={`The place: ${named(place)}`} width="96" height="96" />
      <div class="stack">
        <label class="small">
          How far around it
          <input type="range" min={NEAREST} max={FARTHEST} value={degrees} aria-valuetext={`${degrees} degrees`} onInput={(event) => change(Number(event.currentTarget.value))} />
          <output>
            {degrees}°, {near(degrees)}
          </output>
        </label>
        <a class="word small" href={`#/models/${place.model}`}>
          From anywhere instead
        </a>
      </div>
    </div>
  );
}

function near(degrees: number): string {
  if (degrees < 10) return 'nearly the same picture';
  if (degrees < 30) return 'its closest relatives';
  return degrees < 50 ? 'its relatives' : 'all sorts, with a likeness';
}

function within(text: string, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(Number(text)) || least));
}
