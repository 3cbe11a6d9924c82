import { answer, GET } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { count } from '../../words';

/** What is being drawn now, above what is there already. */
export function Drawing({ id, all }: { id: string; all: () => void }) {
  const job = useLoad(`drawing ${id}`, () => answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } })));
  const running = job.value?.state === 'running' || job.value?.state === 'queued';
  useEvents(running ? id : null, job.again);
  if (!job.value) return null;
  return (
    <div class="stack" role="status">
      <p class="small">
        {running ? `Drawing ${count(job.value.done, 'picture')} of ${count(job.value.total, 'picture')}. ` : 'These were drawn together. '}
        {job.value.error && `${job.value.error.title}. ${job.value.error.detail} ${job.value.error.remedy} `}
        <button type="button" class="word" onClick={all}>
          Show all pictures
        </button>
      </p>
      {running && <progress max={Math.max(1, job.value.total)} value={job.value.done} aria-label="Drawn so far" />}
    </div>
  );
}
