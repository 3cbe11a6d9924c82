import { answer, GET, type Job, type Problem } from '../../../api/client';
import { useEvents, useLoad } from '../../../api/load';
import { post } from '../../../api/post';
import { Button } from '../../../parts/Button';
import { complain } from '../../../parts/notices';
import { Waiting } from '../../../parts/Waiting';
import { count, duration, number, sentences } from '../../../words';

/** Whether a problem is that an archive has not been laid out as a map. */
export const notMapped = (problem: Problem | undefined): boolean => problem?.fact('type') === '/problems/not_mapped';

interface LayProps {
  dataset: string;
  why: string;
  word: string; // on the button
  made: () => void;
  anew?: boolean; // whether all may be laid out anew as well
}

/** Where there is no map, or not all is on it: how far a layout is, or the way to have one. */
export function Lay({ dataset, why, word, made, anew = false }: LayProps) {
  const last = useLoad(`maps ${dataset}`, () => newest(dataset));
  useEvents('all', (type) => {
    if (type === 'state') made();
    if (type === 'state' || type === 'progress') last.again();
  });
  const job = last.value;
  const lay = (everything: boolean) => post({ kind: 'map', dataset_id: dataset, ...(everything ? { anew: true } : {}) }).then(last.again);
  if (job && ['queued', 'running'].includes(job.state))
    return (
      <div class="stack" aria-live="polite">
        <p>{going(job)}</p>
        {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Laying out the map" />}
        <Waiting job={job} />
      </div>
    );
  return (
    <div class="stack">
      {why && <p>{why}</p>}
      {job?.state === 'failed' && job.error && (
        <p class="small">
          The last map ended early. <strong>{job.error.title}.</strong> {sentences(job.error.detail, job.error.remedy)}
        </p>
      )}
      <p class="row">
        {word && (
          <Button does={() => lay(false)} busy="Asking">
            {word}
          </Button>
        )}
        {anew && (
          <button type="button" class="word small" onClick={() => void lay(true).catch(complain)}>
            Lay everything out anew
          </button>
        )}
      </p>
    </div>
  );
}

async function newest(dataset: string): Promise<Job | null> {
  return (await answer(GET('/jobs', { params: { query: { kind: 'map', limit: 200 } } }))).items.find((job) => job.dataset_id === dataset) ?? null;
}

function going(job: Job): string {
  if (job.state === 'queued') return 'Reverie will lay out the map of this archive.';
  const left = job.remaining_s === null ? '' : `, ${duration(job.remaining_s)} left`;
  if (job.phase === 'looking') return `Looking at what was drawn from it, ${number(job.done)} of ${count(Math.max(job.total - 1, 0), 'picture')}${left}.`;
  const what = { reading: 'Reading what was seen', comparing: 'Comparing' }[job.phase] ?? 'Finding places for';
  return job.total ? `${what} ${job.phase === 'reading' ? 'in ' : ''}${count(job.total, 'picture')}${left}.` : 'Laying out the map.';
}
