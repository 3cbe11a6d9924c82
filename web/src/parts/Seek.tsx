import { answer, GET, type Job, POST, type Problem } from '../api/client';
import { wishOf } from '../api/echoes';
import { useEvents, useLoad } from '../api/load';
import { post } from '../api/post';
import { count, duration, number, sentences } from '../words';
import { Button } from './Button';
import { complain } from './notices';
import { Waiting } from './Waiting';

/** Whether a problem is that nobody has looked for echoes of a training yet. */
export const notEchoed = (problem: Problem | undefined): boolean => problem?.fact('type') === '/problems/not_echoed';

interface SeekProps {
  training: string;
  before?: Record<string, unknown> | undefined; // as it was asked for, where it was
  why: string;
  takes?: string; // about how long; asked for, where nobody has said it
  word: string; // on the button
  primary?: boolean;
  added?: boolean; // to what is there already: said on a line
  found: () => void;
}

/** Where nobody has looked for echoes, or not at all: how far a look is, or the way to have one and the time that it takes. */
export function Seek({ training, before, why, takes, word, primary = false, added = false, found }: SeekProps) {
  const wish = wishOf(training, before);
  const last = useLoad(`looks for ${training}`, () => newest(training));
  const time = useLoad(`time of ${JSON.stringify(wish)} ${takes ?? ''}`, async () => (takes === undefined ? timed((await answer(POST('/jobs/estimate', { body: wish }))).seconds) : takes));
  useEvents('all', (type) => {
    if (type === 'state') found();
    if (type === 'state' || type === 'progress') last.again();
  });
  const ask = () => post(wish).then(last.again);
  const job = last.value;
  if (job && ['queued', 'running'].includes(job.state))
    return (
      <div class="stack seek" aria-live="polite">
        <p>{going(job)}</p>
        {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Looking for echoes" />}
        <Waiting job={job} />
      </div>
    );
  return (
    <div class={added ? 'row seek' : 'stack seek'}>
      {why && <p class={added ? 'small' : undefined}>{why}</p>}
      {job?.state === 'failed' && job.error && (
        <p class="small">
          The last look ended early. <strong>{job.error.title}.</strong> {sentences(job.error.detail, job.error.remedy)}
        </p>
      )}
      <div class="row">
        {added ? (
          <button type="button" class="word small" onClick={() => void ask().catch(complain)}>
            {word}
          </button>
        ) : (
          <Button look={primary ? 'primary' : 'outline'} does={ask} busy="Asking">
            {word}
          </Button>
        )}
        {time.value && <span class="small">{sentences(time.value)}</span>}
      </div>
    </div>
  );
}

const timed = (seconds: number | null): string => (seconds === null ? '' : seconds < 50 ? duration(seconds) : `about ${duration(seconds)}`);

async function newest(training: string): Promise<Job | null> {
  return (await answer(GET('/jobs', { params: { query: { kind: 'echoes', limit: 200 } } }))).items.find((job) => job.params['training_id'] === training) ?? null;
}

function going(job: Job): string {
  if (job.state === 'queued') return 'Reverie will look for where your photographs live on.';
  const left = job.remaining_s === null ? '' : `, ${duration(job.remaining_s)} left`;
  return job.total ? `Looking for where your photographs live on, ${number(job.done)} of ${count(job.total, job.unit || 'picture')}${left}.` : 'Looking for where your photographs live on.';
}
