import { answer, GET } from './api/client';
import { useEvents, useLoad } from './api/load';
import './running.css';
import { duration } from './words';

/** What is learning now, seen from every view. */
export function Running() {
  const running = useLoad('running', async () => {
    const jobs = await answer(GET('/jobs', { params: { query: { kind: 'train', state: 'running', limit: 1 } } }));
    const job = jobs.items[0];
    if (!job?.dataset_id) return null;
    return { job, dataset: await answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: job.dataset_id } } })) };
  });
  useEvents('all', (type) => (type === 'state' || type === 'sheet' || type === 'progress') && running.again());
  if (!running.value) return null;
  const { job, dataset } = running.value;
  const left = job.remaining_s === null ? 'beginning' : `${duration(job.remaining_s)} left`;
  return (
    <a class="running" href={`#/trainings/${job.id}`}>
      {job.preview && <img src={`/artifacts/${job.preview.artifact_id}/image`} alt="" width="32" height="32" />}
      <span>
        {dataset.name}{' '}
        <span class="caption">{left}</span>
      </span>
    </a>
  );
}
