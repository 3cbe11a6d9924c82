import { answer, GET, type Job } from '../api/client';
import { useEvents, useLoad } from '../api/load';
import { count, duration } from '../words';

/** Why a job has not begun, where it has not: what goes before it, and how long that takes. */
export function Waiting({ job }: { job: Job | undefined }) {
  const queued = job?.state === 'queued' ? job.id : null;
  const before = useLoad(`before ${queued ?? ''}`, () => (queued ? ahead(queued) : Promise.resolve('')));
  useEvents(queued && 'all', (type) => (type === 'state' || type === 'progress') && before.again());
  return before.value ? <p class="small">{before.value}</p> : null;
}

async function ahead(id: string): Promise<string> {
  const listed = (state: 'running' | 'queued') => answer(GET('/jobs', { params: { query: { state, limit: 200 } } }));
  const [running, queued, status] = await Promise.all([listed('running'), listed('queued'), answer(GET('/status'))]);
  if (status.workers.length === 0) return 'No worker is here. It begins when one comes; Settings says who is at hand.';
  const place = queued.items.findIndex((job) => job.id === id); // newest first: those below it came before
  // A look for likenesses that nobody asked for lets all else go first.
  const earlier = place < 0 ? 0 : queued.items.slice(place + 1).filter((job) => job.kind !== 'index').length;
  const also = earlier > 0 ? `, and ${count(earlier, 'job')} that came before it` : '';
  const [now] = running.items;
  if (!now) return earlier > 0 ? `It waits for ${count(earlier, 'job')} that came before it.` : 'It begins in a moment.';
  const left = now.remaining_s === null ? '' : `, ${duration(now.remaining_s)} more`;
  return `It waits for ${await named(now)}${left}${also}.`;
}

async function named(job: Job): Promise<string> {
  if (job.kind === 'convert') return 'a model to be read';
  if (job.kind === 'generate') return `${count(job.total || Number(job.params['count']) || 1, 'picture')} to be drawn`;
  if (job.kind === 'directions') return 'directions to be found';
  if (job.kind === 'blend') return 'two models to be blended';
  if (job.kind === 'measure') return 'moments to be measured';
  if (job.kind === 'export') return 'a heirloom pack';
  if (job.kind === 'upscale') return 'a picture to be enlarged';
  if (job.kind === 'project') return 'a photograph to be found';
  const dataset = job.dataset_id ? await answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: job.dataset_id } } })).catch(() => null) : null;
  const of = dataset?.name ?? 'another archive';
  if (job.kind === 'index') return `${of} to be looked at`;
  if (job.kind === 'map') return `the map of ${of}`;
  if (job.kind === 'echoes') return `echoes of ${of}`;
  return job.kind === 'train' ? `the training on ${of}` : `${of} to be read`;
}
