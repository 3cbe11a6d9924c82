import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, type Model, type Problem } from '../../api/client';
import { useLoad } from '../../api/load';
import { lettersOn, useKeys } from '../../keys';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { sheetOf } from '../../parts/Point';
import { type At, go } from '../../routes';
import { count } from '../../words';
import { Dock } from './Dock';
import './explore.css';
import { Here } from './Here';
import { hands } from './hands';
import { Panels, type PanelName } from './Panels';
import { PinRow } from './PinRow';
import { usePins } from './pins';
import { addressOf, FARTHEST, NEAREST, named, type Place, placeIn, within } from './place';
import { Plane } from './plane';
import type { Moment } from './Strip';
import { useTrail } from './trail';
import { TrailLine } from './TrailLine';

export const LAST = 'reverie.explore'; // where one was last

/** Endless wandering in what a model can draw. */
export default function Explore({ at }: { at: At }) {
  const place = placeIn(at.path[1] ?? '', at.query);
  if (place) return <Wander asked={place} find={at.query.get('find') ?? undefined} />;
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>This place cannot be read.</h1>
      <p>Its address was cut short, perhaps.</p>
      <a class="word" href={`#/explore/${at.path[1] ?? ''}`}>
        Begin in the middle
      </a>
    </div>
  );
}

function Wander({ asked, find }: { asked: Place; find: string | undefined }) {
  const [sought] = useState(find);
  const [place, setPlace] = useState(asked);
  const now = useRef(place);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Plane>(null);
  const [view, setView] = useState('');
  const [here, setHere] = useState({ x: place.at.x ?? 0, y: place.at.y ?? 0 });
  const [away, setAway] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [panel, setPanel] = useState<PanelName | null>(find ? 'into' : null);
  const [middle, setMiddle] = useState({ x: 0, y: 0 });
  const hidden = useHiding(stage);
  const { model, moments, words } = useModel(place.model);
  const pins = usePins(model, view);
  const ratio = model ? sheetOf(model).ratio : 1;

  const be = (next: Place) => {
    now.current = next;
    setPlace(next);
    setHere({ x: next.at.x ?? 0, y: next.at.y ?? 0 });
    setProblem(null);
    plane.current?.show(next);
    localStorage.setItem(LAST, addressOf(next));
  };
  const trail = useTrail(addressOf(asked), asked, () => be(asked));
  const change = (changes: Partial<Place>) => {
    const next = { ...now.current, ...changes };
    be(next);
    trail.replace(next);
  };
  const move = (next: Place) => {
    const looked = { ...next, z: now.current.z };
    be(looked);
    trail.push(looked);
  };
  const settled = useRef((_x: number, _y: number, _z: number) => undefined as void);
  settled.current = (x, y, z) => {
    const { at } = now.current;
    const moved = x !== (at.x ?? 0) || y !== (at.y ?? 0);
    const next = { ...now.current, at: { ...at, x, y }, z };
    if (!moved && z === now.current.z) return;
    now.current = next;
    setPlace(next);
    localStorage.setItem(LAST, addressOf(next));
    if (moved) trail.push(next);
    else trail.replace(next);
  };
  const open = useCallback(() => setPanel('look'), []);

  useEffect(() => {
    if (!canvas.current || !stage.current) return;
    const made = new Plane(canvas.current, {
      here: (x, y) => setHere({ x, y }),
      settled: (x, y, z) => (setHere({ x, y }), settled.current(x, y, z)),
      away: (seconds) => (setAway(seconds), seconds === null && setProblem(null)),
      failed: setProblem,
    });
    plane.current = made;
    setView(made.tiles.view);
    made.show(now.current);
    const free = hands(stage.current, made, open);
    return () => (free(), made.close());
  }, []);
  useEffect(() => {
    if (model) plane.current?.setShape(ratio, Math.max(model.resolution, 8));
  }, [model]);
  useMiddle(stage, (x, y) => (setMiddle({ x, y }), plane.current?.setMiddle(x, y)));
  useEffect(() => localStorage.setItem(LAST, addressOf(now.current)), []);

  const turn = (by: number) => {
    const next = moments[moments.findIndex((one) => one.model === place.model) + by];
    if (next) change({ model: next.model });
  };
  const nearer = (by: number) => change({ d: within(Math.round((place.d + by) * 10) / 10, NEAREST, FARTHEST) });
  const arrow = (di: number, dj: number) => (event: KeyboardEvent) => {
    event.preventDefault();
    plane.current?.step(di, dj);
  };
  const keep = () => pins.pin(now.current);
  useKeys({
    ArrowLeft: arrow(-1, 0),
    ArrowRight: arrow(1, 0),
    ArrowUp: arrow(0, -1),
    ArrowDown: arrow(0, 1),
    Home: () => move({ ...place, at: { ...place.at, x: 0, y: 0 } }),
    Enter: (event) => onStage(event) && open(),
    Escape: () => go(`#/models/${place.model}`),
    '+': () => plane.current?.zoom(1.25),
    '=': () => plane.current?.zoom(1.25),
    '-': () => plane.current?.zoom(0.8),
    ',': () => nearer(-1),
    '.': () => nearer(1),
    '[': () => turn(-1),
    ']': () => turn(1),
    p: () => void keep(),
  });
  // Also where single letters are switched off: the plane has no other control for its size.
  const sizes = (event: KeyboardEvent) => {
    const factor = lettersOn() ? undefined : { '+': 1.25, '=': 1.25, '-': 0.8 }[event.key];
    if (factor) plane.current?.zoom(factor);
  };
  const still = here.x === (place.at.x ?? 0) && here.y === (place.at.y ?? 0);
  return (
    <div class="explore" data-hidden={hidden || undefined}>
      <div ref={stage} class="explore-stage" tabIndex={0} role="application" aria-label={`Plane of invented pictures, ${named(place)}. Arrows move, plus and minus zoom, Enter opens, P pins.`} onKeyDown={sizes}>
        <canvas ref={canvas} />
        <Here place={place} still={still} middle={middle} ratio={ratio} most={model?.resolution ?? 1024} view={view} />
      </div>
      <header class="explore-title veil">
        <a class="bare" href={`#/models/${place.model}`} aria-label="Back to the model">
          <Icon name="back" />
        </a>
        <div>
          <h1 tabIndex={-1}>{model?.name ?? 'Explore'}</h1>
          <p class="small">{words}</p>
        </div>
      </header>
      <TrailLine trail={trail} view={view} link={() => void link()} />
      <p class="explore-word" role="status">
        {problem ? <span class="veil">{problem.nothing ? 'This model is not here any more. What you see stays.' : problem.text}</span> : away !== null && <span class="veil">Warming up, about {count(away, 'second')}</span>}
      </p>
      <PinRow pins={pins} place={place} go={move} walk={() => setPanel('walk')} />
      <Dock place={place} moments={moments} view={view} ratio={ratio} pins={pins.all.length} change={change} pin={keep} open={setPanel} />
      {panel && <Panels name={panel} place={place} find={sought} pins={pins} moments={moments} ratio={ratio} view={view} go={(next) => (setPanel(null), move(next))} close={() => setPanel(null)} />}
    </div>
  );
}

function onStage(event: KeyboardEvent): boolean {
  return !(event.target instanceof HTMLElement && event.target.closest('a, button'));
}

async function link(): Promise<void> {
  if (!('clipboard' in navigator)) return void tell('The address of this place', location.href);
  await navigator.clipboard.writeText(location.href).then(() => tell('Copied', 'The link leads to this very place.'), complain);
}

/** The model, the other moments of its training, and what it is, in words. Those of before stay while others come. */
function useModel(id: string): { model: Model | undefined; moments: Moment[]; words: string } {
  const kept = useRef<{ model: Model; moments: Moment[]; words: string }>(null);
  const found = useLoad(`explore ${id}`, async () => {
    const model = await answer(GET('/models/{model_id}', { params: { path: { model_id: id } } }));
    const old = kept.current;
    const alike = old && old.model.job_id === model.job_id && model.job_id !== null;
    const [moments, dataset] = await Promise.all([
      alike ? old.moments : momentsOf(model),
      model.dataset_id ? answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: model.dataset_id } } })).catch(() => null) : null,
    ]);
    const said = (word: string | undefined) => (word && !model.name.includes(word) ? word : undefined); // the name says it already
    const parts = [said(dataset?.name), model.step === null ? undefined : count(model.step, 'step'), model.step === null ? `${model.resolution} px` : undefined, model.bundled ? 'came with Reverie' : undefined];
    return { model, moments, words: parts.filter(Boolean).join(', ') };
  });
  if (found.value) kept.current = found.value;
  return kept.current ?? { model: undefined, moments: [], words: '' };
}

async function momentsOf({ job_id, step }: Model): Promise<Moment[]> {
  if (!job_id || step === null) return [];
  const sheets = await answer(GET('/jobs/{job_id}/sheets', { params: { path: { job_id } } })).catch(() => []);
  return sheets.flatMap(({ model_id, step: at }) => (model_id ? [{ model: model_id, step: at }] : []));
}

/** Space, while it is held, hides all controls; on what it would press, it presses. */
function useHiding(stage: { current: HTMLElement | null }): boolean {
  const [hidden, setHidden] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target instanceof HTMLElement ? event.target : null;
      if (event.key !== ' ' || on?.closest('button, a, input, dialog, select') || !stage.current) return;
      event.preventDefault();
      setHidden(true);
    };
    const release = () => setHidden(false);
    addEventListener('keydown', press);
    addEventListener('keyup', release);
    addEventListener('blur', release);
    return () => {
      removeEventListener('keydown', press);
      removeEventListener('keyup', release);
      removeEventListener('blur', release);
    };
  }, []);
  return hidden;
}

/** Where the middle of what can be seen is: above the dock. */
function useMiddle(stage: { current: HTMLElement | null }, hear: (x: number, y: number) => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    const { current } = stage;
    const controls = current?.parentElement;
    if (!current || !controls) return;
    const measure = () => {
      const { width, height } = current.getBoundingClientRect();
      const low = [...controls.querySelectorAll<HTMLElement>('.explore-dock, .explore-pins')].filter((one) => one.offsetWidth > width / 2);
      const top = Math.min(height, ...low.map((one) => one.offsetTop));
      const head = width <= 640 ? (controls.querySelector<HTMLElement>('.explore-title')?.offsetHeight ?? 0) : 0;
      latest.current(width / 2, (top + head) / 2);
      const dock = controls.querySelector<HTMLElement>('.explore-dock');
      controls.style.setProperty('--dock', `${dock?.offsetHeight ?? 0}px`); // what stands above it
    };
    const seen = new ResizeObserver(measure);
    for (const one of [current, ...controls.querySelectorAll('.explore-dock, .explore-pins')]) seen.observe(one);
    measure();
    return () => seen.disconnect();
  }, []);
}
