import { useEffect, useState } from 'preact/hooks';
import { answer, GET, POST, type Dataset, type Estimate, type Kind, type Model, Problem } from '../../api/client';
import { useLoad } from '../../api/load';
import type { paths } from '../../api/schema';
import { Button } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { bytes, count, duration, times } from '../../words';
import { BaseChoice } from './BaseChoice';
import { Experts, type Expert } from './Experts';
import { Frames } from './Frames';
import { Length } from './Length';
import './train.css';

type Body = paths['/jobs/estimate']['post']['requestBody']['content']['application/json'];

/** The two choices, both filled in: what the network knows, and how long it looks. */
export default function Train({ at }: { at: At }) {
  const found = useLoad(at.query.get('archive') ?? '', async () => {
    const [datasets, bases, kept, kinds] = await Promise.all([
      answer(GET('/datasets', { params: { query: { limit: 200 } } })),
      answer(GET('/models', { params: { query: { bundled: true, limit: 50 } } })),
      answer(GET('/models', { params: { query: { kept: true, limit: 50 } } })),
      answer(GET('/kinds')),
    ]);
    return { datasets: datasets.items, models: [...bases.items, ...kept.items.filter((one) => !one.bundled)], kind: kinds.find((one) => one.kind === 'train') };
  });
  return (
    <Shown of={found} what="what there is to choose from">
      {({ datasets, models, kind }) => {
        const dataset = datasets.find((one) => one.id === at.query.get('archive')) ?? datasets[0];
        const base = models.find((one) => one.id === at.query.get('base')) ?? models[0];
        if (!dataset || !base || !kind) return <Missing archive={Boolean(dataset)} />;
        return <Choosing at={at} dataset={dataset} base={base} models={models} kind={kind} />;
      }}
    </Shown>
  );
}

function Missing({ archive }: { archive: boolean }) {
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Train</h1>
      <p>{archive ? 'There is no model to begin with: this Reverie came without its base. `make base-faces` trains one.' : 'Bring photographs first.'}</p>
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
    const job = await answer(POST('/jobs', { body, params: { header: { 'Idempotency-Key': crypto.randomUUID() } } }));
    job.notices.forEach((notice) => tell('A word before it begins', notice.text));
    go(`#/trainings/${job.id}`);
  };
  return (
    <div class="page train">
      <header class="stack">
        <h1 tabIndex={-1}>Train on {dataset.name}</h1>
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
        <p class="small">It will look at {count(dataset.usable_views, 'square')} of your photographs.</p>
        {estimate?.notices.map((notice) => <p key={notice.code}>{notice.text}</p>)}
        <Experts value={expert} change={setExpert} />
      </section>
      <footer class="estimate">
        <Numbers estimate={estimate} problem={problem} />
        <Button look="primary" does={start} busy="Starting" off={problem?.detail ?? (estimate && !estimate.fits ? estimate.reasons.join(' ') : undefined)}>
          Start learning
        </Button>
      </footer>
    </div>
  );
}

function Numbers({ estimate, problem }: { estimate: Estimate | undefined; problem: Problem | undefined }) {
  if (problem) return <p class="small">{problem.remedy}</p>;
  if (!estimate) return <p class="small">Working out what it takes</p>;
  return (
    <dl>
      <div>
        <dt>{estimate.seconds === null ? 'Time not yet known' : `About ${duration(estimate.seconds)}`}</dt>
        <dd class="small">{estimate.rough ? 'roughly, until a first training was timed here' : 'on this machine'}</dd>
      </div>
      <div>
        <dt>{bytes(estimate.disk_bytes)}</dt>
        <dd class="small">of disk</dd>
      </div>
      <div>
        <dt>{bytes(estimate.memory_bytes)}</dt>
        <dd class="small">of memory</dd>
      </div>
    </dl>
  );
}

function useEstimate(body: Body): { estimate: Estimate | undefined; problem: Problem | undefined } {
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
