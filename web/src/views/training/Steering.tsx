import { useEffect } from 'preact/hooks';
import { answer, GET, type Job, PATCH, POST, type Sheet } from '../../api/client';
import { useLoad } from '../../api/load';
import { Button, ButtonLink } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Waiting } from '../../parts/Waiting';
import { capital, count, duration, forPeople, number, sentences, times } from '../../words';

interface SteeringProps {
  job: Job;
  squares: number; // that one pass over the archive shows
  sheet: Sheet | undefined;
  keeps: boolean; // whether the moment in view can be kept here
  keeping: Keeping;
  changed: () => void;
}

type Move = 'stop' | 'cancel' | 'pause' | 'resume' | 'retry';

/** How far it has come, in words, and what one can do about it. */
export function Steering({ job, squares, sheet, keeps, keeping, changed }: SteeringProps) {
  const steer = async (move: Move, said: string) => {
    await answer(POST(`/jobs/{job_id}/${move}`, { params: { path: { job_id: job.id } } }));
    tell(said);
    changed();
  };
  const often = times(seen(job, squares));
  return (
    <section class="steering">
      <h2 class="seen">
        {job.done > 0 && squares === 0 ? (
          <>
            It has taken <em>{count(job.done, 'step')}</em>.
          </>
        ) : often === null ? (
          <>
            No photograph has been seen <em>yet</em>.
          </>
        ) : (
          <>
            Each photograph has been seen <em>{often}</em>.
          </>
        )}
      </h2>
      <p aria-live="polite">{said(job)}</p>
      <Waiting job={job} />
      <progress max={Math.max(1, job.total)} value={job.done} aria-label={`${number(job.done)} of ${count(job.total, 'step')}`} />
      {job.error && (
        <p class="failed-words" role="alert">
          <strong>{job.error.title}.</strong> {sentences(job.error.detail, forPeople(job.error.remedy))}
        </p>
      )}
      <div class="actions">
        {keeps && <Keep sheet={sheet} keeping={keeping} />}
        {(job.state === 'running' || job.state === 'queued') && job.wish === null && (
          <Button busy="Stopping" does={() => steer(job.state === 'queued' ? 'cancel' : 'stop', job.state === 'queued' ? 'Taken out of the queue' : 'It ends here and keeps all that it learnt')}>
            {job.state === 'queued' ? 'Do not begin' : 'Stop and keep'}
          </Button>
        )}
        {job.state === 'paused' && <Button busy="Going on" does={() => steer('resume', 'It goes on')}>Go on</Button>}
        {job.state === 'failed' && <Button busy="Beginning again" does={() => steer('retry', 'It goes on from where it was kept')}>Try again</Button>}
        {job.state === 'running' && job.wish === null && (
          <Button look="quiet" busy="Pausing" does={() => steer('pause', 'It pauses at the next step')}>
            Pause
          </Button>
        )}
      </div>
    </section>
  );
}

function seen(job: Job, squares: number): number {
  const batch: unknown = job.params['batch'];
  return typeof batch === 'number' && squares > 0 ? (batch * job.done) / squares : 0;
}

function said(job: Job): string {
  const at = `Step ${number(job.done)} of ${number(job.total)}.`;
  if (job.wish && job.state === 'running') return `${at} It is about to ${job.wish === 'stop' ? 'stop and keep what it learnt' : job.wish}.`;
  switch (job.state) {
    case 'queued':
      return 'It has not begun yet.';
    case 'running':
      return job.remaining_s === null ? `${at} ${job.phase || 'Beginning'}.` : `${at} ${capital(duration(job.remaining_s))} left.`;
    case 'paused':
      return `${at} Paused; nothing is lost.`;
    case 'succeeded':
      return `It learnt for ${count(job.done, 'step')}.`;
    case 'cancelled':
      return `${at} Cancelled; the moments that were kept stay.`;
    default:
      return `${at} It did not end well; the moments so far stay.`;
  }
}

/** How often a moment was kept here, so that all buttons of it say the same; and what to call when one was. */
export interface Keeping {
  times: number;
  kept: () => void;
}

interface KeepProps {
  sheet: Sheet | undefined;
  keeping: Keeping;
  look?: 'primary' | 'outline' | 'quiet';
  children?: string;
}

/** A moment that is kept already says so, and where it is. */
export function Keep({ sheet, keeping, look = 'primary', children = 'Keep this moment' }: KeepProps) {
  const id = sheet?.model_id ?? null;
  const model = useLoad(`moment ${id ?? ''}`, () => (id ? answer(GET('/models/{model_id}', { params: { path: { model_id: id } } })) : Promise.resolve(null)));
  const { times } = keeping;
  useEffect(() => (times > 0 ? model.again() : undefined), [times]);
  const keep = async () => {
    if (!id || !sheet) return;
    await answer(PATCH('/models/{model_id}', { params: { path: { model_id: id } }, body: { kept: true } }));
    tell('Kept', `The moment at step ${number(sheet.step)} is among your models.`);
    keeping.kept();
  };
  if (id && model.value?.kept)
    return (
      <ButtonLink href={`#/models/${id}`} icon="keep" look={look === 'quiet' ? 'quiet' : 'outline'}>
        Kept: see this moment
      </ButtonLink>
    );
  return (
    <Button look={look} icon="keep" busy="Keeping" does={keep} off={id ? undefined : 'There is no moment to keep yet.'}>
      {children}
    </Button>
  );
}
