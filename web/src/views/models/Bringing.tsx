import { answer, GET, type Job } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Waiting } from '../../parts/Waiting';
import { Chooser } from '../../uploads/Dropping';
import { Going } from '../../uploads/Going';
import { MODELS, useSendings } from '../../uploads/sending';
import { brought, forPeople, sentences } from '../../words';

const LATELY = 3; // of those that were refused
const PHASES: Record<string, string> = { reading: 'Reading it', checking: 'Checking every weight', drawing: 'Drawing what it knows' };

/** Bring a model: files on their way, files being read, files that were refused and why. */
export function Bringing({ changed }: { changed: () => void }) {
  const sendings = useSendings(MODELS);
  const going = sendings.filter((one) => one.state !== 'sent');
  const jobs = useLoad(`bringing ${sendings.length - going.length}`, async () => (await answer(GET('/jobs', { params: { query: { kind: 'convert', limit: 20 } } }))).items);
  const all = jobs.value ?? [];
  const active = all.filter(({ state }) => state === 'queued' || state === 'running');
  useEvents('all', (type) => {
    if (type === 'state' || type === 'progress') jobs.again();
    if (type === 'model') changed();
  });
  return (
    <section class="stack">
      <h2>Bring a model</h2>
      <p class="small">
        A StyleGAN2 from elsewhere: NVIDIA’s files, for PyTorch or TensorFlow, rosinality’s checkpoints, or one of Reverie’s own. It is read as data; no code in it is run.
      </p>
      <div class="row">
        <Chooser look="outline" icon="bring" label="Choose a file" models />
        <span class="small">Or drop it anywhere on this page.</span>
      </div>
      <ul class="stack" aria-live="polite">
        {going.map((one) => (
          <Going key={`${one.name}${one.began}`} one={one} />
        ))}
        {[...active, ...all.filter(({ state }) => state === 'failed').slice(0, LATELY)].map((job) => (
          <Reading key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}

function Reading({ job }: { job: Job }) {
  const name = brought(job);
  if (job.error)
    return (
      <li>
        <div class="stack coming" role="alert">
          <p class="spread">
            <span class="filename">{name}</span>
            <span class="small">Not taken</span>
          </p>
          <p class="small">
            <strong>{job.error.title}.</strong> {sentences(job.error.detail, forPeople(job.error.remedy))}
          </p>
        </div>
      </li>
    );
  return (
    <li class="stack coming">
      <p class="spread">
        <span class="filename">{name}</span>
        <span class="small">{job.state === 'queued' ? 'Waiting to be read' : (PHASES[job.phase] ?? 'Reading it')}</span>
      </p>
      <progress max={Math.max(1, job.total)} value={job.done} aria-label={`Reading ${name}`} />
      <Waiting job={job} />
    </li>
  );
}
