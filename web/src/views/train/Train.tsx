import { useEffect, useState } from 'preact/hooks';
import { answer, GET, POST, type Dataset, type Estimate, type Kind, type Model, Problem } from '../../api/client';
import { useLoad } from '../../api/load';
import { post, type Wish } from '../../api/post';
import { Button } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { bytes, count, duration, sentences, times } from '../../words';
import { BaseChoice } from './BaseChoice';
import { Experts, type Expert } from './Experts';
import { Frames } from './Frames';
import { Length } from './Length';
import './train.css';

/** The two choices, both filled in: what the network knows, and how long it looks. */
export default function Train({ at }: { at: At }) {
  const archive = at.query.get('archive');
  const dataset = useLoad(archive ?? 'newest', async () =>
    archive ? answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: archive } } })) : ((await answer(GET('/datasets', { params: { query: { limit: 1 } } }))).items[0] ?? null),
  );
  const choice = useLoad('choice', async () => {
    const [bases, brought, kept, kinds] = await Promise.all([
      answer(GET('/models', { params: { query: { bundled: true, limit: 50 } } })),
      answer(GET('/models', { params: { query: { imported: true, limit: 50 } } })),
      answer(GET('/models', { params: { query: { kept: true, limit: 50 } } })),
      answer(GET('/kinds')),
    ]);
    const own = bases.items.sort((a, b) => a.name.localeCompare(b.name)); // faces first
    const others = kept.items.filter((one) => !one.bundled && !brought.items.some(({ id }) => id === one.id));
    return { models: [...own, ...brought.items, ...others], kind: kinds.find((one) => one.kind === 'train') };
  });
  // A moment that nobody kept can be learnt on from as well: it is fetched by its address.
  const wanted = at.query.get('base');
  const listed = choice.value?.models.find((one) => one.id === wanted);
  const other = useLoad(listed || !choice.value ? '' : (wanted ?? ''), async () =>
    wanted && !listed && choice.value ? answer(GET('/models/{model_id}', { params: { path: { model_id: wanted } } })) : null,
  );
  return (
    <Shown of={dataset} what="this archive">
      {(dataset) => (
        <Shown of={choice} what="what there is to choose from">
          {({ models, kind }) => {
            if (!dataset || !models[0] || !kind) return <Missing archive={dataset !== null} />;
            if (listed || !wanted) return <Choosing at={at} dataset={dataset} base={listed ?? models[0]} models={models} kind={kind} />;
            return (
              <Shown of={other} what="this model">
                {(base) => base && <Choosing at={at} dataset={dataset} base={base} models={[base, ...models]} kind={kind} />}
              </Shown>
            );
          }}
        </Shown>
      )}
    </Shown>
  );
}

function Missing({ archive }: { archive: boolean }) {
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Train</h1>
      <p>{archive ? 'There is no model to begin with: this Reverie came without its base. `make bases` trains them.' : 'Bring photographs first.'}</p>
      <a class="word" href="#/archives">
        To the archives
      </a>
    </div>
  );
}

interface ChoosingProps {
  at: At;
  dataset: Dataset;
  base: Model;
  models: Model[];
  kind: Kind;
}

function Choosing({ at, dataset, base, models, kind }: ChoosingProps) {
  const first = kind.presets[0];
  const steps = Number(at.query.get('steps')) || Number(first?.params['steps']) || 500;
  const [expert, setExpert] = useState<Expert>({});
  const preset = kind.presets.find((one) => one.params['steps'] === steps) ?? first;
  const body = { kind: 'train', dataset_id: dataset.id, base_model_id: base.id, preset: preset?.name ?? null, steps, ...expert } as const;
  const { estimate, problem } = useEstimate(body);
  const set = (changes: Record<string, string>) => go(withQuery(at, changes), { replace: true });
  const start = async () => {
    const job = await post(body);
    job.notices.forEach((notice) => tell('A word before it begins', notice.text));
    go(`#/trainings/${job.id}`);
  };
  return (
    <div class="page train">
      <header class="stack">
        <h1 tabIndex={-1} class="in-bar">
          Train on {dataset.name}
        </h1>
        <p class="small">Two choices, and both have a good answer already.</p>
      </header>
      <BaseChoice models={models} base={base} choose={(id) => set({ base: id })} />
      <section class="stack length">
        <h2>How long should it look?</h2>
        <Length steps={steps} presets={kind.presets} choose={(next) => set({ steps: String(next) })}>
          <Frames base={base} steps={steps} />
        </Length>
        {estimate && <p class="meaning">{count(steps, 'step')} show it {count(estimate.photos_seen, 'picture')}, so each of yours is seen {times(estimate.times_each_seen)}.</p>}
        <ul class="covers-row" aria-hidden="true">
          {dataset.cover.map((photo) => (
            <li key={photo}>
              <Picture kind="photo" src={photoImage(photo)} shown={72} alt="" />
            </li>
          ))}
        </ul>
        <p class="small">
          It will look at {count(dataset.usable_views, 'square')} of your photographs. What will it learn most?{' '}
          <a class="word" href={`#/archives/${dataset.id}/contacts`}>
            Look at the contact sheet
          </a>
        </p>
        {estimate?.notices.map((notice) => <p key={notice.code}>{notice.text}</p>)}
        <Experts value={expert} of={dataset} change={setExpert} />
      </section>
      <footer class="estimate">
        <Numbers estimate={estimate} problem={problem} />
        <Button look="primary" does={start} busy="Starting" off={problem?.text ?? (estimate && !estimate.fits ? sentences(...estimate.reasons) : undefined)}>
          Start learning
        </Button>
      </footer>
    </div>
  );
}

function Numbers({ estimate, problem }: { estimate: Estimate | undefined; problem: Problem | undefined }) {
  if (problem) return null;
  if (!estimate) return <p class="small">Working out what it takes</p>;
  return (
    <dl>
      <div>
        <dt>{estimate.seconds === null ? 'Time not yet known' : `About ${duration(estimate.seconds)}`}</dt>
        <dd class="small">{estimate.rough ? 'roughly, until a first training was timed here' : 'on this machine'}</dd>
      </div>
      <div class="more">
        <dt>{bytes(estimate.disk_bytes)}</dt>
        <dd class="small">of disk</dd>
      </div>
      <div class="more">
        <dt>{bytes(estimate.memory_bytes)}</dt>
        <dd class="small">of memory</dd>
      </div>
    </dl>
  );
}

function useEstimate(body: Wish): { estimate: Estimate | undefined; problem: Problem | undefined } {
  const key = JSON.stringify(body);
  const [state, setState] = useState<{ estimate: Estimate | undefined; problem: Problem | undefined }>({ estimate: undefined, problem: undefined });
  useEffect(() => {
    let left = false;
    const later = setTimeout(() => {
      answer(POST('/jobs/estimate', { body })).then(
        (estimate) => !left && setState({ estimate, problem: undefined }),
        (error: unknown) => !left && error instanceof Problem && setState({ estimate: undefined, problem: error }),
      );
    }, 200);
    return () => {
      left = true;
      clearTimeout(later);
    };
  }, [key]);
  return state;
}
