import { answer, GET, type Job, POST } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { Shown } from '../../parts/States';
import { count, day, duration } from '../../words';
import './jobs.css';

const GROUPS: [string, string, Job['state'][]][] = [
  ['Now', 'Nothing runs.', ['running']],
  ['Waiting', 'Nothing waits.', ['queued', 'paused']],
  ['Ended', 'Nothing has ended yet.', ['succeeded', 'failed', 'cancelled']],
];
const WORDS: Record<string, string> = { ingest: 'Reading an archive', train: 'Learning', generate: 'Drawing pictures' };

/** What runs, what waits, what has ended, and why when it did not end well. */
export default function Jobs() {
  const jobs = useLoad('jobs', () => answer(GET('/jobs', { params: { query: { limit: 100 } } })));
  useEvents('all', (type) => (type === 'state' || type === 'progress') && jobs.again());
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Jobs</h1>
      <Shown of={jobs} what="the jobs">
        {({ items }) =>
          GROUPS.map(([title, none, states]) => {
            const shown = items.filter((job) => states.includes(job.state));
            return (
              <section key={title} class="stack jobs">
                <h2>{title}</h2>
                {shown.length === 0 && <p class="small">{none}</p>}
                <ul>
                  {shown.map((job) => (
                    <Line key={job.id} job={job} changed={jobs.again} />
                  ))}
                </ul>
              </section>
            );
          })
        }
      </Shown>
    </div>
  );
}

function Line({ job, changed }: { job: Job; changed: () => void }) {
  const leads = { train: `#/trainings/${job.id}`, generate: `#/gallery?job=${job.id}`, ingest: `#/archives/${job.dataset_id ?? ''}` }[job.kind];
  const steer = async (move: 'stop' | 'cancel' | 'retry' | 'resume') => {
    await answer(POST(`/jobs/{job_id}/${move}`, { params: { path: { job_id: job.id } } }));
    changed();
  };
  return (
    <li class="job">
      <div>
        <a href={leads}>{WORDS[job.kind] ?? job.kind}</a>
        <p class="small">{said(job)}</p>
        {job.error && (
          <p class="small">
            <strong>{job.error.title}.</strong> {job.error.detail} {job.error.remedy}
          </p>
        )}
        {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label={`${WORDS[job.kind] ?? job.kind}, so far`} />}
      </div>
      {job.state === 'running' && job.wish === null && <Button does={() => steer(job.kind === 'train' ? 'stop' : 'cancel')}>{job.kind === 'train' ? 'Stop and keep' : 'Cancel'}</Button>}
      {job.state === 'queued' && <Button does={() => steer('cancel')}>Do not begin</Button>}
      {job.state === 'paused' && <Button does={() => steer('resume')}>Go on</Button>}
      {job.state === 'failed' && <Button does={() => steer('retry')}>Try again</Button>}
    </li>
  );
}

function said(job: Job): string {
  const so = job.total ? `${job.done} of ${count(job.total, job.unit || 'step')}` : '';
  if (job.state === 'running') return [so, job.remaining_s === null ? job.phase : `${duration(job.remaining_s)} left`].filter(Boolean).join(', ');
  if (job.state === 'queued') return `Since ${day(job.created_at)}`;
  return [capital(job.state), so, job.ended_at ? day(job.ended_at) : ''].filter(Boolean).join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
