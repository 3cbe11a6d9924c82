import { answer, type Dataset, GET, type Job, POST } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { usePages } from '../../api/pages';
import { Button } from '../../parts/Button';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { brought, capital, count, duration, forPeople, moment, number, sentences } from '../../words';
import './jobs.css';

const ENDED: Job['state'][] = ['succeeded', 'failed', 'cancelled'];
const UNITS: Record<string, string> = { photo: 'photograph' };

/** What runs, what waits, what has ended, and why when it did not end well. */
export default function Jobs() {
  const archives = useLoad('archives', async () => new Map((await answer(GET('/datasets', { params: { query: { limit: 200 } } }))).items.map((one) => [one.id, one])));
  // A training that runs or waits is found whatever was asked for since.
  const open = useLoad('open', async () => {
    const [running, queued, paused] = await Promise.all(
      (['running', 'queued', 'paused'] as const).map((state) => answer(GET('/jobs', { params: { query: { state, limit: 200 } } })).then(({ items }) => items)),
    );
    return { now: running ?? [], waiting: [...(queued ?? []), ...(paused ?? [])] };
  });
  const all = usePages('all', (where) => answer(GET('/jobs', { params: { query: where } })));
  const again = () => (open.again(), all.again());
  useEvents('all', (type) => {
    if (type === 'state') again();
    if (type === 'progress') open.again();
  });
  const shown = (jobs: Job[], none: string) => (
    <>
      {jobs.length === 0 && <p class="small">{none}</p>}
      <ul>
        {jobs.map((job) => (
          <Line key={job.id} job={job} of={archives.value?.get(job.dataset_id ?? '')} changed={again} />
        ))}
      </ul>
    </>
  );
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Jobs</h1>
      <Shown of={open} what="the jobs" part>
        {({ now, waiting }) => (
          <>
            <section class="stack jobs">
              <h2>Now</h2>
              {shown(now, 'Nothing runs.')}
            </section>
            <section class="stack jobs">
              <h2>Waiting</h2>
              {shown(waiting, 'Nothing waits.')}
            </section>
          </>
        )}
      </Shown>
      <section class="stack jobs">
        <h2>Ended</h2>
        <Shown of={all} what="what has ended" part>
          {(jobs) => shown(jobs.filter(({ state }) => ENDED.includes(state)), 'Nothing has ended yet.')}
        </Shown>
        {all.next && (
          <button type="button" class="word" onClick={all.more}>
            Show earlier ones
          </button>
        )}
      </section>
    </div>
  );
}

function Line({ job, of, changed }: { job: Job; of: Dataset | undefined; changed: () => void }) {
  const leads = { train: `#/trainings/${job.id}`, generate: `#/gallery?job=${job.id}`, ingest: `#/archives/${job.dataset_id ?? ''}`, convert: '#/models', index: `#/archives/${job.dataset_id ?? ''}/contacts`, gather: `#/archives/${job.dataset_id ?? ''}`, directions: '#/models', blend: '#/models', measure: `#/trainings/${String(job.params['training_id'])}?best=result`, project: `#/gallery?job=${job.id}`, map: `#/archives/${job.dataset_id ?? ''}/map`, echoes: `#/trainings/${String(job.params['training_id'])}/echoes`, export: `#/models/${job.model_id ?? ''}` }[job.kind];
  const steer = async (move: 'stop' | 'cancel' | 'retry' | 'resume') => {
    await answer(POST(`/jobs/{job_id}/${move}`, { params: { path: { job_id: job.id } } }));
    changed();
  };
  return (
    <li class="job">
      <Shows job={job} of={of} />
      <div>
        <a href={leads}>{title(job, of)}</a>
        <p class="small">{said(job)}</p>
        {job.error && (
          <p class="small">
            <strong>{job.error.title}.</strong> {sentences(job.error.detail, forPeople(job.error.remedy))}
          </p>
        )}
        {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label={`${title(job, of)}, so far`} />}
      </div>
      {job.state === 'running' && job.wish === null && <Button does={() => steer(job.kind === 'train' ? 'stop' : 'cancel')}>{job.kind === 'train' ? 'Stop and keep' : 'Cancel'}</Button>}
      {job.state === 'queued' && <Button does={() => steer('cancel')}>Do not begin</Button>}
      {job.state === 'paused' && <Button does={() => steer('resume')}>Go on</Button>}
      {job.state === 'failed' && <Button does={() => steer('retry')}>Try again</Button>}
    </li>
  );
}

/** What it has made last; before that, what it begins from. */
function Shows({ job, of }: { job: Job; of: Dataset | undefined }) {
  if (job.preview) return <img src={`/artifacts/${job.preview.artifact_id}/image`} alt="" width="56" height="56" loading="lazy" />;
  const drawsAlone = ['generate', 'directions', 'blend', 'project', 'export'].includes(job.kind);
  const cover = drawsAlone ? undefined : of?.cover[0];
  if (cover) return <Picture kind="photo" src={photoImage(cover)} shown={56} alt="" />;
  return drawsAlone && job.model_id ? <img src={`/models/${job.model_id}/sheet`} alt="" width="56" height="56" loading="lazy" /> : <span class="no-sheet" />;
}

function title(job: Job, of: Dataset | undefined): string {
  const archive = of?.name ?? 'an archive that is gone';
  if (job.kind === 'ingest') return `Reading ${archive}`;
  if (job.kind === 'gather') return `Gathering ${archive}`;
  if (job.kind === 'index') return `Looking for likenesses in ${archive}`;
  if (job.kind === 'map') return `Laying out the map of ${archive}`;
  if (job.kind === 'echoes') return `Looking for echoes of ${archive}`;
  if (job.kind === 'train') return `Learning ${archive}`;
  if (job.kind === 'convert') return `Bringing ${brought(job)}`;
  if (job.kind === 'directions') return 'Finding directions in a model';
  if (job.kind === 'blend') return 'Blending two models';
  if (job.kind === 'measure') return `Measuring what was learnt of ${archive}`;
  if (job.kind === 'export') return 'Packing a heirloom';
  if (job.kind === 'project') return 'Finding a photograph in a model';
  const { count: pictures, seeds, seed } = job.params;
  const drawn = Array.isArray(seeds) ? seeds.length : Number(pictures) || 1;
  return `Drawing ${count(drawn, 'picture')}${typeof seed === 'number' ? ` from seed ${seed} on` : ''}`;
}

function said(job: Job): string {
  const unit = UNITS[job.unit] ?? (job.unit || 'step');
  const so = !job.total ? '' : job.done >= job.total ? count(job.total, unit) : `${number(job.done)} of ${count(job.total, unit)}`;
  if (job.state === 'running') return [so, job.remaining_s === null ? job.phase : `${duration(job.remaining_s)} left`].filter(Boolean).join(', ');
  if (job.state === 'queued') return `Since ${moment(job.created_at)}`;
  return [capital(job.state), so, job.ended_at ? moment(job.ended_at) : ''].filter(Boolean).join(', ');
}
