import { useEffect, useState } from 'preact/hooks';
import { answer, GET, type Model, type Partner } from '../../api/client';
import { anySeed } from '../../api/draw';
import { type Asked, type Drawn, useDrawn } from '../../api/drawn';
import { useLoad } from '../../api/load';
import { Menu } from '../../parts/Menu';
import { sheetOf } from '../../parts/Point';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { sentences } from '../../words';
import './blend.css';
import { Keep } from './Keep';
import { atIn, pointsAt, saidOf, Where, type Way } from './Where';

const FAR = 3; // units of the plane from one picture to the next: they have nothing in common
const PSI = 0.7;

/** Two models made one: which, where between them, and what would come of it. */
export default function Blend({ at }: { at: At }) {
  const id = at.query.get('a') ?? '';
  const found = useLoad(`blend ${id}`, async () => {
    const params = { path: { model_id: id } };
    return Promise.all([answer(GET('/models/{model_id}', { params })), answer(GET('/models/{model_id}/partners', { params }))]);
  });
  return <Shown of={found} what="this model">{([model, partners]) => <Two at={at} model={model} partners={partners} />}</Shown>;
}

function Two({ at, model, partners }: { at: At; model: Model; partners: Partner[] }) {
  const asked = at.query.get('b');
  const other = partners.find(({ id }) => id === asked) ?? (asked ? undefined : (partners.find(({ weights }) => weights === null) ?? partners.find(({ layers }) => layers === null)));
  const set = (changes: Record<string, string | null>) => go(withQuery(at, changes), { replace: true });
  const way = atIn(at.query, model, other);
  return (
    <div class="page blending">
      <h1 tabIndex={-1} class="sentence" data-title="Blend">
        Blending{' '}
        <a class="word" href={`#/models/${model.id}`}>
          {model.name}
        </a>{' '}
        with <Menu label="The other model" value={other?.id ?? ''} options={other ? [] : [['', 'another model']]} groups={groupsOf(partners)} choose={(b) => set({ b })} />
      </h1>
      {!other && <p class="quiet-word">{asked ? 'That model is not here.' : 'There is no other model of the same layers yet. Train from this one, and there is one to blend it with.'}</p>}
      {other && other.layers !== null && <p class="quiet-word">{sentences(other.layers)}</p>}
      {other && other.layers === null && (
        <>
          <Where model={model} other={other} way={way} choose={(next) => set({ at: next.by === 'layers' ? String(next.at) : null, t: next.by === 'weights' ? String(next.t) : null })}>
            <button type="button" class="word small" onClick={() => set({ a: other.id, b: model.id, ...(way.by === 'weights' ? { t: String(Number((1 - way.t).toFixed(2))) } : {}) })}>
              Swap the two
            </button>
          </Where>
          <Looks model={model} other={other} way={way} />
          <Keep key={other.id} model={model} other={other} way={way} />
        </>
      )}
    </div>
  );
}

/** Those that fit, and those that do not; why not is said once one is chosen. */
function groupsOf(partners: Partner[]): [string, [string, string][]][] {
  const named = (which: (one: Partner) => boolean) => partners.filter(which).map(({ id, name }): [string, string] => [id, name]);
  return [
    ['Of the same origin', named(({ layers, weights }) => layers === null && weights === null)],
    ['Of the same layers', named(({ layers, weights }) => layers === null && weights !== null)],
    ['Not to be blended with it', named(({ layers }) => layers !== null)],
  ];
}

/** The same points in the one, in both together, and in the other. */
function Looks({ model, other, way }: { model: Model; other: Partner; way: Way }) {
  const [seed, setSeed] = useState(1);
  const columns = useColumns();
  const asked = (rows: number): Asked => ({ point: { anchor: { seed }, psi: PSI }, grid: { step: FAR, columns, rows }, size: columns > 3 ? 256 : 192 });
  const blend = { with_id: other.id, ...pointsAt(way) };
  const one = useDrawn(model.id, asked(1));
  const both = useDrawn(model.id, { ...asked(1), blend });
  const two = useDrawn(other.id, asked(1));
  const ratio = sheetOf(model).ratio * columns;
  return (
    <div class="blend-looks">
      <Row of={one} ratio={ratio} columns={columns} name={model.name} />
      <Row of={both} ratio={ratio} columns={columns} name={saidOf(way, model, other)} blend />
      <Row of={two} ratio={ratio} columns={columns} name={other.name} />
      <button type="button" class="word small" onClick={() => setSeed(anySeed())}>
        Other pictures
      </button>
    </div>
  );
}

function Row({ of: { src, state, problem, away }, ratio, columns, name, blend = false }: { of: Drawn; ratio: number; columns: number; name: string; blend?: boolean }) {
  return (
    <figure class={blend ? 'both' : undefined}>
      <span class="blend-ground" style={{ aspectRatio: `${ratio}`, '--columns': columns }} data-drawn={state}>
        {src && <img src={src} alt={`Invented pictures: ${name}`} />}
      </span>
      <figcaption class={blend ? 'small' : 'caption'} aria-live={blend ? 'polite' : undefined}>
        {problem ? problem.text : away ? 'Warming up, a few seconds.' : name}
      </figcaption>
    </figure>
  );
}

function useColumns(): number {
  const narrow = matchMedia('(width <= 640px)');
  const [columns, setColumns] = useState(narrow.matches ? 3 : 6);
  useEffect(() => {
    const look = () => setColumns(narrow.matches ? 3 : 6);
    narrow.addEventListener('change', look);
    return () => narrow.removeEventListener('change', look);
  }, []);
  return columns;
}
