import { answer, GET, type Job, type Model, POST } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Four } from '../../parts/Four';
import { complain } from '../../parts/notices';
import { Waiting } from '../../parts/Waiting';
import { Chooser } from '../../uploads/Dropping';
import { Going } from '../../uploads/Going';
import { MODELS, useSendings } from '../../uploads/sending';
import { brought, count, forPeople, licence, number, sentences } from '../../words';

const LATELY = 4; // of those that ended
const FOR_GOOD = new Set(['model_rejected', 'conflict']); // what another try would not change
const PHASES: Record<string, string> = { fetching: 'Fetching it', reading: 'Reading it', checking: 'Checking every weight', drawing: 'Drawing what it knows' };

/** Models on their way: files being sent, fetched and read, those that came of it, and those that were refused and why. */
export function Bringing() {
  const sendings = useSendings(MODELS);
  const going = sendings.filter((one) => one.state !== 'sent');
  const loaded = useLoad(`bringing ${sendings.length - going.length}`, async () => {
    const [jobs, models] = await Promise.all([
      answer(GET('/jobs', { params: { query: { kind: 'convert', limit: 20 } } })),
      answer(GET('/models', { params: { query: { imported: true, limit: 20 } } })),
    ]);
    return { jobs: jobs.items, models: new Map(models.items.map((model) => [model.job_id, model])) };
  });
  const { jobs = [], models = new Map<string | null, Model>() } = loaded.value ?? {};
  const active = jobs.filter(({ state }) => state === 'queued' || state === 'running');
  const ended = jobs.filter(({ id, state }) => state === 'failed' || (state === 'succeeded' && models.has(id))).slice(0, LATELY);
  useEvents('all', (type) => {
    if (type === 'state' || type === 'progress' || type === 'model') loaded.again();
  });
  return (
    <section class="stack">
      <p class="small">
        A StyleGAN2 from elsewhere: NVIDIA’s files, for PyTorch or TensorFlow, rosinality’s checkpoints, or one of Reverie’s own. It is read as data; no code in it is run.
      </p>
      <div class="row">
        <Chooser look="primary" icon="bring" label="Choose a file" models />
        <span class="small">Or drop it anywhere on this page.</span>
      </div>
      <p class="hidden" role="status">
        {going.length + active.length > 0 && `${count(going.length + active.length, 'model')} on the way`}
      </p>
      <ul class="stack">
        {going.map((one) => (
          <Going key={`${one.name}${one.began}`} one={one} />
        ))}
        {[...active, ...ended].map((job) => {
          const model = models.get(job.id);
          if (model) return <Here key={job.id} model={model} />;
          return job.error ? <Refused key={job.id} job={job} again={loaded.again} /> : <Reading key={job.id} job={job} />;
        })}
      </ul>
    </section>
  );
}

function Here({ model }: { model: Model }) {
  return (
    <li class="coming came">
      <Four model={model} />
      <span>
        <a class="word" href={`#/models/${model.id}`}>
          {model.name}
        </a>
        <span class="caption">
          {model.resolution} px. {licence(model)}.
        </span>
      </span>
    </li>
  );
}

function Refused({ job, again }: { job: Job; again: () => void }) {
  const retry = () => answer(POST('/jobs/{job_id}/retry', { params: { path: { job_id: job.id } } })).then(again, complain);
  if (!job.error) return null;
  return (
    <li>
      <div class="stack coming" role="alert">
        <p class="spread">
          <span class="filename">{brought(job)}</span>
          <span class="small">Not taken</span>
        </p>
        <p class="small">
          <strong>{job.error.title}.</strong> {sentences(job.error.detail, forPeople(job.error.remedy))}{' '}
          {!FOR_GOOD.has(job.error.code) && (
            <button type="button" class="word" onClick={retry}>
              Try again
            </button>
          )}
        </p>
      </div>
    </li>
  );
}

function Reading({ job }: { job: Job }) {
  const name = brought(job);
  return (
    <li class="stack coming">
      <p class="spread">
        <span class="filename">{name}</span>
        <span class="small">{job.state === 'queued' ? 'Waiting to be read' : doing(job)}</span>
      </p>
      <progress max={Math.max(1, job.total)} value={job.done} aria-label={`Reading ${name}`} />
      <Waiting job={job} />
    </li>
  );
}

function doing({ phase, done, total, unit }: Job): string {
  const words = PHASES[phase] ?? 'Reading it';
  return unit === 'megabyte' && total > 0 ? `${words}, ${number(done)} of ${number(total)} MB` : words;
}
