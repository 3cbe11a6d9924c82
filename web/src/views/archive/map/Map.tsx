import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { answer, GET } from '../../../api/client';
import { useLoad } from '../../../api/load';
import { lettersOn } from '../../../keys';
import { Look, notLooked } from '../../../parts/Look';
import { Shown } from '../../../parts/States';
import { type At, go, withQuery } from '../../../routes';
import { addressOf, Card, named } from './Card';
import { Caught } from './Caught';
import { best, type By, coloursOf, WAYS, whyNot } from './colours';
import { hands } from './hands';
import { Lay, notMapped } from './Lay';
import { Legend } from './Legend';
import './map.css';
import { Missing } from './Missing';
import { cameraIn, placed, said } from './place';
import { type DatasetMap, idOf, rowOf, unpack } from './points';
import { Sight } from './sight';
import { BIGGER, Tools } from './Tools';

const LISTED = 100;

interface MapProps {
  at: At;
  id: string;
  revision: string; // of the archive, as far as the map shows it
  changed: () => void;
}

/** All pictures of an archive on one plane, alike beside alike. */
export function ArchiveMap({ at, id, revision, changed }: MapProps) {
  const kept = useRef<{ tag: string | null; found: DatasetMap } | null>(null);
  const map = useLoad(id, async () => {
    const call = GET('/datasets/{dataset_id}/map', { params: { path: { dataset_id: id } } });
    const found = await answer(call);
    const tag = (await call).response.headers.get('ETag');
    if (!tag || kept.current?.tag !== tag) kept.current = { tag, found }; // what is the same is not drawn anew
    return kept.current!.found;
  });
  const first = useRef(revision);
  useEffect(() => {
    if (first.current !== revision) map.again();
    first.current = revision;
  }, [revision]);
  if (notLooked(map.problem)) return <Look dataset={id} why={map.problem?.detail ?? ''} looked={map.again} />;
  if (notMapped(map.problem)) return <Lay dataset={id} why={`${map.problem?.detail ?? ''} What is alike lies together on it.`} word="Lay it out" made={map.again} />;
  return (
    <section class="stack map" aria-label="Map">
      <Shown of={map} what="the map" part>
        {(found) => (
          <>
            {found.points > 0 ? <Plane at={at} map={found} changed={() => (map.again(), changed())} /> : <p class="quiet-word">Nothing that is on this map is here any more.</p>}
            <Missing of={found} made={map.again} />
          </>
        )}
      </Shown>
    </section>
  );
}

function Plane({ at, map, changed }: { at: At; map: DatasetMap; changed: () => void }) {
  const points = useMemo(() => unpack(map), [map]);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const sight = useRef<Sight | null>(null);
  const address = useRef(at);
  address.current = at;
  const [lit, setLit] = useState<number | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [lasso, setLasso] = useState(false);
  const [listed, setListed] = useState<number[] | null>(null);
  const drawing = useRef(lasso);
  drawing.current = lasso;
  const wished = at.query.get('by');
  const by: By = wished && Object.hasOwn(WAYS, wished) && whyNot(map, wished as By) === null ? (wished as By) : best(map);
  const theme = useTheme();
  const colours = useMemo(() => (stage.current ? coloursOf(map, points, by, stage.current) : null), [map, points, by, theme, stage.current]);
  const before = useRef<{ points: typeof points; id: string | null }>({ points, id: null });
  if (before.current.points === points) before.current.id = lit === null ? null : idOf(points, lit);
  const [, wake] = useState(0);
  useEffect(() => {
    const seen = new Sight(canvas.current!, points, { settled: (camera, whole) => go(withQuery(address.current, placed(camera, whole)), { replace: true }) }, sight.current?.at ?? cameraIn(at.query));
    const open = (one: number) => go(addressOf(points, one));
    const pick = (one: number | null) => setLit(one);
    const over = (one: number | null) => one !== null && setLit(one);
    const caught = (some: number[]) => (setChosen(new Set(some)), setLasso(false));
    const left = hands(canvas.current!, seen, { lasso: () => drawing.current, over, pick, open, caught });
    const sized = new ResizeObserver(() => seen.resized());
    sized.observe(canvas.current!);
    sight.current = seen;
    setLit(rowOf(points, before.current.id));
    before.current = { points, id: before.current.id };
    setChosen(new Set());
    wake((old) => old + 1);
    return () => (left(), sized.disconnect(), seen.close());
  }, [points]);
  const away = useMemo(() => new Set(hidden.size === 0 ? [] : Array.from({ length: points.count }, (_, one) => one).filter((one) => hidden.has(idOf(points, one)))), [points, hidden]);
  useEffect(() => {
    if (colours) sight.current?.dress({ colours, chosen, hidden: away, lit, bars: by !== 'colour' });
  });
  const hide = (ids: string[], gone: boolean) =>
    setHidden((old) => new Set(gone ? [...old, ...ids] : [...old].filter((id) => !ids.includes(id))));
  const toggle = (one: number) =>
    setChosen((old) => {
      const next = new Set(old);
      if (!next.delete(one)) next.add(one);
      return next;
    });
  const step = (dx: number, dy: number) => {
    const seen = sight.current;
    if (!seen) return;
    const next = lit === null ? (seen.inSight()[0] ?? 0) : seen.near.towards(lit, dx, dy);
    if (next === null) return;
    setLit(next);
    seen.show(next);
  };
  const back = () => {
    if (lasso) setLasso(false);
    else if (chosen.size > 0) setChosen(new Set());
    else if (lit !== null) setLit(null);
    else return false;
    return true;
  };
  const zoom = (factor: number) => sight.current?.zoom(factor, lit !== null ? sight.current.spotOf(lit) : undefined, true);
  const whole = () => sight.current?.glide(sight.current.whole);
  const keys: Record<string, () => unknown> = {
    ArrowLeft: () => step(-1, 0),
    ArrowRight: () => step(1, 0),
    ArrowUp: () => step(0, -1),
    ArrowDown: () => step(0, 1),
    Enter: () => lit !== null && go(addressOf(points, lit)),
    Escape: back,
    Home: whole,
    '+': () => zoom(BIGGER),
    '=': () => zoom(BIGGER),
    '-': () => zoom(1 / BIGGER),
    x: () => lit !== null && lettersOn() && toggle(lit),
    l: () => lettersOn() && setLasso(!lasso),
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    if (keys[event.key]!() !== false) event.preventDefault();
  };
  const set = (changes: Record<string, string | null>) => go(withQuery(at, changes), { replace: true });
  const why = (['time', 'album', 'originality'] as const).map((one) => whyNot(map, one)).filter((one) => one !== null);
  return (
    <div class="stack">
      <Tools map={map} by={by} paint={(way) => set({ by: way })} lasso={lasso} draw={() => setLasso(!lasso)} chooseAll={() => setChosen(new Set(sight.current?.inSight() ?? []))} whole={whole} zoom={zoom} />
      <div ref={stage} class="map-stage" data-lasso={lasso || undefined} tabIndex={0} role="application" aria-label={`Map of ${said(map)}. Arrows go from picture to picture, plus and minus zoom, Enter opens, X chooses.`} onKeyDown={press}>
        <canvas ref={canvas} />
        {lit !== null && lit < points.count && <Card map={map} points={points} at={lit} />}
        {lasso && <p class="map-hint veil">Draw around what you mean.</p>}
      </div>
      <p class="hidden" role="status">
        {lit !== null && lit < points.count ? named(map, points, lit) : ''}
      </p>
      {colours && <Legend of={colours.legend} />}
      <div class="spread">
        <p class="small">
          {said(map)}. What lies close together is alike; a resemblance, never proof. {why.join(' ')}
        </p>
        <button type="button" class="word small" aria-expanded={listed !== null} onClick={() => setListed(listed ? null : (sight.current?.inSight().slice(0, LISTED) ?? []))}>
          {listed ? 'Close the list' : 'List what is in sight'}
        </button>
      </div>
      {listed && (
        <ol class="map-list" aria-label="In sight, from the middle outwards">
          {listed.map((one) => (
            <li key={one}>
              <a href={addressOf(points, one)}>{named(map, points, one)}</a>
            </li>
          ))}
        </ol>
      )}
      {chosen.size > 0 && <Caught archive={map.dataset_id} points={points} chosen={chosen} hide={hide} changed={changed} none={() => setChosen(new Set())} />}
    </div>
  );
}

function useTheme(): string {
  const now = () => document.documentElement.dataset['theme'] ?? '';
  const [theme, setTheme] = useState(now);
  useEffect(() => {
    const seen = new MutationObserver(() => setTheme(now()));
    seen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => seen.disconnect();
  }, []);
  return theme;
}
