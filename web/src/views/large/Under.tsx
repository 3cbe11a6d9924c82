import { answer, type Job, POST } from '../../api/client';
import { Button } from '../../parts/Button';
import { Waiting } from '../../parts/Waiting';
import { duration, sentences } from '../../words';

/** How far the job is, or why the last one came to nothing. */
export function Under({ job, failed, changed }: { job: Job | null; failed: Job | null; changed: () => void }) {
  if (job)
    return (
      <section class="stack enlarging" aria-live="polite">
        <p>{going(job)}</p>
        {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Enlarging" />}
        <Waiting job={job} />
        <p>
          <Button look="quiet" busy="Stopping" does={() => answer(POST('/jobs/{job_id}/cancel', { params: { path: { job_id: job.id } } })).then(changed)}>
            Stop; nothing of it is kept
          </Button>
        </p>
      </section>
    );
  if (!failed?.error) return null;
  return (
    <p class="small" role="status">
      The last one ended early. <strong>{failed.error.title}.</strong> {sentences(failed.error.detail, failed.error.remedy)}
    </p>
  );
}

function going(job: Job): string {
  if (job.state === 'queued') return 'It will be enlarged.';
  if (job.state === 'paused') return 'It rests; the rows that are done are kept.';
  const left = job.remaining_s === null ? '' : `, ${duration(job.remaining_s)} left`;
  return `Enlarging, ${job.total ? Math.round((100 * job.done) / job.total) : 0} % done${left}. One may go elsewhere meanwhile.`;
}
