import { answer, GET, type Job, type Problem } from '../api/client';
import { useEvents, useLoad } from '../api/load';
import { post } from '../api/post';
import { capital, count, duration, number, sentences } from '../words';
import { Button } from './Button';
import { Waiting } from './Waiting';

/** Whether a problem is that nobody has looked for likenesses yet. */
export const notLooked = (problem: Problem | undefined): boolean => problem?.fact('type') === '/problems/not_looked';

/** Where nobody has looked for likenesses, or not at all photographs: how far a look is, or the way to have one. */
export function Look({ dataset, why, looked }: { dataset: string; why: string; looked: () => void }) {
  const look = useLoad(dataset, () => underWay(dataset));
  const last = useLoad(`last ${dataset}`, async () => (await answer(GET('/jobs', { params: { query: { kind: 'index', limit: 200 } } }))).items.find((job) => job.dataset_id === dataset) ?? null);
  useEvents('all', (type) => {
    if (type === 'state') (looked(), last.again());
    if (type === 'state' || type === 'progress') look.again();
  });
  const job = look.value;
  if (job)
    return (
      <div class="stack" aria-live="polite">
        <p>{going(job)}</p>
        {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Looking for likenesses" />}
        <Waiting job={job} />
      </div>
    );
  const failed = last.value?.state === 'failed' ? last.value.error : null;
  return (
    <div class="stack">
      <p>{why}</p>
      {failed && (
        <p class="small">
          The last look ended early. <strong>{failed.title}.</strong> {sentences(failed.detail, failed.remedy)}
        </p>
      )}
      <p>
        <Button does={() => post({ kind: 'index', dataset_id: dataset }).then(look.again)} busy="Asking">
          Look now
        </Button>
      </p>
    </div>
  );
}

/** How far a look is that moves squares to where photographs are looked at; nothing, when it is done. */
export function Looking({ dataset }: { dataset: string }) {
  const look = useLoad(dataset, () => underWay(dataset));
  useEvents('all', (type) => (type === 'state' || type === 'progress') && look.again());
  const job = look.value;
  if (!job || (job.phase && job.phase !== 'framing')) return null; // what follows moves no square
  return (
    <p class="small" aria-live="polite">
      {job.phase ? `Looking for faces, ${number(job.done)} of ${count(job.total, 'photograph')}; squares move as they are found.` : 'Until Reverie has looked at the photographs, their squares are in the middle.'}
    </p>
  );
}

/** The look at an archive that runs or waits. */
async function underWay(dataset: string): Promise<Job | null> {
  const listed = await Promise.all((['running', 'queued'] as const).map((state) => answer(GET('/jobs', { params: { query: { kind: 'index', state, limit: 200 } } }))));
  return listed.flatMap(({ items }) => items).find((job) => job.dataset_id === dataset) ?? null;
}

function going(job: Job): string {
  if (job.state === 'queued') return 'Reverie will look for likenesses in this archive.';
  const far = job.phase === 'tracing' ? `Comparing ${count(job.total, 'picture')} with them` : job.phase === 'sorting' ? `Sorting ${count(job.total, 'photograph')}` : job.total ? `Looking for likenesses, ${number(job.done)} of ${count(job.total, 'photograph')}` : 'Looking for likenesses';
  return `${capital(far)}${job.remaining_s === null ? '' : `, ${duration(job.remaining_s)} left`}.`;
}
