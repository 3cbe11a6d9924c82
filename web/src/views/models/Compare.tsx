import { useState } from 'preact/hooks';
import { answer, GET, type Model, type ModelNode } from '../../api/client';
import { useLoad } from '../../api/load';
import { Menu } from '../../parts/Menu';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { bytes, licence, number } from '../../words';
import '../../parts/draw.css';
import './compare.css';

/** Two models beside each other: what they draw at the same points, and in what they differ. */
export default function Compare({ at }: { at: At }) {
  const models = useLoad('tree', () => answer(GET('/models/tree')));
  return (
    <Shown of={models} what="the models">
      {(nodes) => <Chosen at={at} nodes={nodes} />}
    </Shown>
  );
}

function Chosen({ at, nodes }: { at: At; nodes: ModelNode[] }) {
  const [first, second] = pair(at.query, nodes);
  const set = (name: string, id: string) => go(withQuery(at, { a: first ?? null, b: second ?? null, [name]: id }), { replace: true });
  return (
    <div class="page comparing">
      <h1 tabIndex={-1} class="sentence" data-title="Compare">
        Comparing <Choice label="The first" nodes={nodes} value={first} choose={(id) => set('a', id)} /> with <Choice label="The second" nodes={nodes} value={second} choose={(id) => set('b', id)} />
      </h1>
      {first && second ? <Both key={`${first} ${second}`} ids={[first, second]} /> : <p class="quiet-word">There is one model alone; train on an archive or bring another, and there are two to compare.</p>}
    </div>
  );
}

/** Which two: those in the address, else the newest and what it grew from. */
function pair(query: URLSearchParams, nodes: ModelNode[]): [string | undefined, string | undefined] {
  const newest = nodes.at(-1);
  const first = query.get('a') ?? nodes.find(({ id }) => id === newest?.parent_id)?.id ?? nodes[0]?.id;
  const own = nodes.find(({ id }) => id === first);
  const near = own && [...nodes].reverse().find(({ id, parent_id }) => id !== first && (parent_id === first || id === own.parent_id));
  return [first, query.get('b') ?? near?.id ?? [...nodes].reverse().find(({ id }) => id !== first)?.id];
}

function Choice({ label, nodes, value, choose }: { label: string; nodes: ModelNode[]; value: string | undefined; choose: (id: string) => void }) {
  const known = nodes.some(({ id }) => id === value);
  const options = nodes.map(({ id, name }): [string, string] => [id, name]);
  if (value && !known) options.unshift([value, 'a moment of a training']);
  return <Menu label={label} value={value ?? ''} options={options} choose={(id) => id && choose(id)} />;
}

function Both({ ids }: { ids: [string, string] }) {
  const both = useLoad(ids.join(), () => Promise.all(ids.map((id) => answer(GET('/models/{model_id}', { params: { path: { model_id: id } } })))));
  return (
    <Shown of={both} what="these models" part>
      {([a, b]) => a && b && (
        <div class="comparing">
          <Pair a={a} b={b} />
        </div>
      )}
    </Shown>
  );
}

function Pair({ a, b }: { a: Model; b: Model }) {
  return (
    <>
      <div class="pair">
        {[a, b].map((model) => (
          <figure key={model.id} class="stack">
            {model.sheet ? <img src={`/models/${model.id}/sheet`} alt={`Invented pictures of ${model.name}`} /> : <span class="no-sheet" />}
            <figcaption>
              <a class="word" href={`#/models/${model.id}`}>
                {model.name}
              </a>
            </figcaption>
          </figure>
        ))}
      </div>
      {a.sheet && b.sheet && <Over a={a} b={b} />}
      <Differences a={a} b={b} />
    </>
  );
}

/** One sheet over the other, as far as one draws it. */
function Over({ a, b }: { a: Model; b: Model }) {
  const [far, setFar] = useState(50);
  const [shapes, setShapes] = useState<Record<string, number>>({});
  const seen = (id: string) => (event: { currentTarget: HTMLImageElement }) => {
    const { naturalWidth, naturalHeight } = event.currentTarget;
    setShapes((old) => ({ ...old, [id]: naturalWidth / naturalHeight }));
  };
  const [one, other] = [shapes[a.id], shapes[b.id]];
  const alike = one === undefined || other === undefined || Math.abs(one - other) < 0.01;
  return (
    <section class="stack" hidden={!alike}>
      <h2>One over the other</h2>
      <p class="small">{sameStart(a, b) ? 'Both draw the same points: each picture stands where its other self does.' : 'They learnt apart, so that a place in the one says nothing of the other.'}</p>
      <div class="over">
        <img src={`/models/${b.id}/sheet`} alt="" onLoad={seen(b.id)} />
        <img src={`/models/${a.id}/sheet`} alt="" onLoad={seen(a.id)} style={{ clipPath: `inset(0 ${100 - far}% 0 0)` }} />
      </div>
      <label class="strangeness">
        <span class="hidden">How far {a.name} lies over {b.name}</span>
        <input type="range" min="0" max="100" value={far} aria-valuetext={`${far} %`} onInput={(event) => setFar(Number(event.currentTarget.value))} />
        <span class="caption">{b.name}</span>
        <span />
        <span class="caption">{a.name}</span>
      </label>
    </section>
  );
}

/** Whether one grew from the other, or both from the same training or base. */
function sameStart(a: Model, b: Model): boolean {
  const [of, other] = [a, b].map(({ id, parent_id }) => new Set([id, parent_id].filter(Boolean)));
  return [...(of ?? [])].some((id) => other?.has(id));
}

function Differences({ a, b }: { a: Model; b: Model }) {
  const rows = FACTS.map(([name, tell]): [string, string, string] => [name, tell(a), tell(b)]).filter(([, one, two]) => one || two);
  return (
    <table class="differences">
      <caption class="hidden">In what they differ</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{a.name}</th>
          <th scope="col">{b.name}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, one, two]) => (
          <tr key={name} class={one === two ? 'same' : undefined}>
            <th scope="row">{name}</th>
            <td>{one || '–'}</td>
            <td>{two || '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const measure = (name: string) => ({ measures }: Model) => measures?.[name]?.toFixed(3) ?? '';
const FACTS: [string, (model: Model) => string][] = [
  ['Pictures', ({ resolution }) => `${resolution} px`],
  ['Step', ({ step }) => (step === null ? '' : number(step))],
  ['Photographs looked at', ({ photos_seen }) => (photos_seen === null ? '' : number(photos_seen))],
  ['Distance to its archive', measure('kernel')],
  ['Distance to its base', measure('kernel_to_base')],
  ['Variety', measure('variety')],
  ['Licence', licence],
  ['It asks', ({ terms }) => terms],
  ['Size', ({ size_bytes }) => bytes(size_bytes)],
];
