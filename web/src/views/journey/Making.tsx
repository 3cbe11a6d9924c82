import { useState } from 'preact/hooks';
import { answer, type Job, POST } from '../../api/client';
import { useEvents } from '../../api/load';
import { Button } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Waiting } from '../../parts/Waiting';
import { duration, forPeople, number, sentences } from '../../words';
import { isGoing } from './journeys';

/** The film that is being made: how far it is, the film so far, and what to do where it ended early. */
export function Making({ job, changed }: { job: Job | null; changed: () => void }) {
  const [watched, setWatched] = useState<string | null>(null);
  useEvents(isGoing(job) ? job.id : null, (type) => {
    if (type !== 'preview') changed();
  });
  if (!job) return null;
  const steer = (move: 'cancel' | 'retry' | 'resume' | 'stop') => answer(POST(`/jobs/{job_id}/${move}`, { params: { path: { job_id: job.id } } })).then(changed);
  if (job.state === 'succeeded' || job.state === 'cancelled') return null;
  if (job.state === 'failed')
    return (
      <section class="journey-making stack" aria-label="The film">
        <p role="alert">
          <strong>{job.error?.title ?? 'The film was not made'}.</strong> {sentences(job.error?.detail, forPeople(job.error?.remedy ?? ''))}
        </p>
        <div class="row">
          <Button does={() => steer('retry')}>Try again</Button>
        </div>
      </section>
    );
  const watch = async ({ id, done }: Job) => {
    const first = await fetch(`/jobs/${id}/film`, { headers: { Range: 'bytes=0-0' } });
    if (first.ok) setWatched(`/jobs/${id}/film?of=${done}`);
    else tell('Nothing to play yet', 'The first part of the film is on its way.');
  };
  const playable = ['mp4', 'webm'].includes(String(formOf(job)));
  return (
    <section class="journey-making stack" aria-label="The film">
      <p aria-live="polite">{going(job)}</p>
      {job.state !== 'queued' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="The film, so far" />}
      <Waiting job={job} />
      {watched && <video key={watched} src={watched} controls playsInline preload="metadata" aria-label="The film so far" />}
      <div class="row">
        {playable && job.done > 0 && (
          <Button look="quiet" icon="play" busy="Fetching it" does={() => watch(job)}>
            {watched ? 'Show what has come since' : 'Play the film so far'}
          </Button>
        )}
        {job.state === 'paused' && <Button does={() => steer('resume')}>Go on</Button>}
        {job.wish === null && (
          <Button look="quiet" icon="stop" does={() => steer('cancel')}>
            {job.state === 'queued' ? 'Do not begin' : 'Stop, and keep none of it'}
          </Button>
        )}
        {job.state === 'running' && job.wish === null && (
          <Button look="quiet" does={() => steer('stop')}>
            Stop and keep what there is
          </Button>
        )}
      </div>
    </section>
  );
}

function formOf({ params }: Job): unknown {
  const { recipe } = params;
  return typeof recipe === 'object' && recipe !== null ? Reflect.get(recipe, 'form') : undefined;
}

function going(job: Job): string {
  if (job.state === 'queued') return 'The film waits to be made.';
  if (job.phase === 'measuring') return 'Looking how far apart its places are to the eye, so that it goes at one speed.';
  if (job.state === 'paused') return 'The film rests, and goes on from where it was.';
  if (job.wish === 'cancel' || job.wish === 'stop') return 'Stopping after this picture.';
  const left = job.remaining_s === null ? '' : job.remaining_s < 50 ? `, ${duration(job.remaining_s)} left` : `, about ${duration(job.remaining_s)} left`;
  return job.total > 0 ? `Making the film: picture ${number(job.done)} of ${number(job.total)}${left}.` : 'Making the film.';
}
