import { useEffect, useState } from 'preact/hooks';
import { answer, GET, type Job, type Model, type Partner } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { post } from '../../api/post';
import { Button } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Waiting } from '../../parts/Waiting';
import { go } from '../../routes';
import { count, number, sentences } from '../../words';
import { pointsAt, type Way } from './Where';

/** A blend that one likes becomes a model of its own, and one goes there. */
export function Keep({ model, other, way }: { model: Model; other: Partner; way: Way }) {
  const [name, setName] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const making = useLoad(`blend job ${asked ?? ''}`, async () => {
    if (!asked) return null;
    const job = await answer(GET('/jobs/{job_id}', { params: { path: { job_id: asked } } }));
    const made = job.state === 'succeeded' ? (await answer(GET('/models', { params: { query: { job: asked, limit: 1 } } }))).items[0] : undefined;
    return { job, made };
  });
  useEvents(asked, making.again);
  const made = making.value?.made;
  useEffect(() => {
    if (!made) return;
    tell('Kept', `${made.name} is a model now.`);
    go(`#/models/${made.id}`);
  }, [made?.id]);
  const keep = async () => {
    const job = await post({ kind: 'blend', model_id: model.id, with_id: other.id, ...pointsAt(way), ...(name.trim() ? { name: name.trim() } : {}) });
    setAsked(job.id);
  };
  const job = making.value?.job;
  const ended = job?.state === 'failed' || job?.state === 'cancelled';
  if (asked && !ended)
    return (
      <div class="stack blend-keep" aria-live="polite">
        <p>{going(job)}</p>
        {job?.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Making the model" />}
        <Waiting job={job} />
      </div>
    );
  return (
    <form class="row blend-keep" onSubmit={(event) => (event.preventDefault(), event.currentTarget.querySelector('button')?.click())}>
      {ended && (
        <p class="small">
          <strong>{job.error?.title ?? 'It was stopped'}.</strong> {sentences(job.error?.detail, job.error?.remedy)}
        </p>
      )}
      <label class="small">
        Its name
        <input type="text" maxLength={200} value={name} placeholder="Says what it is blended of" autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <Button look="primary" icon="keep" busy="Asking" does={keep}>
        Keep as a model
      </Button>
    </form>
  );
}

function going(job: Job | undefined): string {
  if (job?.state !== 'running') return 'The model will be made.';
  return job.total > 0 ? `Making the model: ${number(job.done)} of ${count(job.total, 'picture')} of its sheet are drawn.` : 'Making the model.';
}
