import { answer, GET } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { noticesOf } from '../../api/told';
import { Waiting } from '../../parts/Waiting';
import { count, forPeople, number, sentences } from '../../words';

/** What is being drawn now, above what is there already. */
export function Drawing({ id, all }: { id: string; all: () => void }) {
  const job = useLoad(`drawing ${id}`, () => answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } })));
  const running = job.value?.state === 'running' || job.value?.state === 'queued';
  const notices = useLoad(`${id} notices`, () => noticesOf(id));
  useEvents(running ? id : null, (type) => {
    job.again();
    if (type === 'notice' || type === 'state') notices.again();
  });
  if (!job.value) return null;
  const { done, total, state, error, ended_at, phase } = job.value;
  const words = { queued: 'Not begun yet.', running: phase === 'choosing' ? `Choosing ${count(total, 'picture')} that lie far apart.` : `Drawing ${number(done)} of ${count(total, 'picture')}.` }[state as string] ?? (ended_at ? 'These were drawn together.' : '');
  return (
    <div class="stack" role="status">
      <Waiting job={job.value} />
      <p class="small">
        {words} {error && `${sentences(error.title, error.detail, forPeople(error.remedy))} `}
        <button type="button" class="word" onClick={all}>
          Show all pictures
        </button>
      </p>
      {notices.value?.map(({ text }) => (
        <p key={text} class="small">
          {sentences(text)}
        </p>
      ))}
      {running && <progress max={Math.max(1, total)} value={done} aria-label="Drawn so far" />}
    </div>
  );
}
