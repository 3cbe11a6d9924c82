import { answer, GET, POST, type DatasetInFull, type Job } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { Waiting } from '../../parts/Waiting';
import { Going } from '../../uploads/Going';
import { useSendings } from '../../uploads/sending';
import { forPeople, number, sentences } from '../../words';

/** A line for everything that was brought: sending, reading, done, refused. */
export function ComingIn({ of }: { of: DatasetInFull }) {
  const sendings = useSendings(of.id).filter((one) => one.state !== 'sent');
  const reading = of.archives.filter((one) => one.job_id && one.state === 'received').map((one) => one.job_id ?? '');
  const told = [...reading, ...of.archives.filter((one) => one.job_id && one.state === 'refused').map((one) => one.job_id ?? '')];
  const jobs = useLoad(told.join(' '), async () =>
    new Map(await Promise.all(told.map(async (id): Promise<[string, Job]> => [id, await answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } }))]))),
  );
  useEvents(reading.length > 0 ? 'all' : null, (type) => (type === 'state' || type === 'progress') && jobs.again());
  return (
    <section class="stack">
      <h2>Coming in</h2>
      <ul class="stack" aria-live="polite">
        {sendings.map((one) => (
          <Going key={`${one.name}${one.began}`} one={one} />
        ))}
        {of.archives.map((archive) => {
          const job = jobs.value?.get(archive.job_id ?? '');
          return (
            <li key={archive.id} class="stack coming">
              <p class="spread">
                <span class="filename">{archive.filename}</span>
                <span class="small">{of.state === 'unfinished' && archive.state === 'refused' ? 'Not all' : said(archive.state, job)}</span>
              </p>
              {archive.state === 'received' && <progress max={Math.max(1, job?.total ?? 1)} value={job?.done ?? 0} aria-label={`Reading ${archive.filename}`} />}
              {archive.state === 'received' && <Waiting job={job} />}
              {archive.reason && <p class="small">{sentences(archive.reason, forPeople(job?.error?.remedy ?? ''))}</p>}
            </li>
          );
        })}
      </ul>
      {of.state === 'unfinished' && <Unfinished job={of.archives.find(({ state, job_id }) => state === 'refused' && job_id)?.job_id ?? ''} />}
      <p class="drop-here small">Drop more files, folders or a zip anywhere on this page</p>
      <p class="caption">{sendings.some(({ state }) => state !== 'failed') ? 'Leave this page open until it is sent.' : 'What was sent is kept, and is read on when this page is closed.'}</p>
    </section>
  );
}

/** Photographs of other archives were to come in, and their job has ended before: it goes on, or they go again. */
function Unfinished({ job: id }: { job: string }) {
  const job = useLoad(id, () => answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } })));
  const again = async () => {
    await answer(POST('/jobs/{job_id}/retry', { params: { path: { job_id: id } } }));
    job.again();
  };
  if (job.value?.state === 'cancelled') return <p class="small">What had come in is being taken out again.</p>;
  if (job.value?.state !== 'failed') return null;
  return (
    <div class="stack">
      <p class="small">Not all has come in. Trying again goes on with what is missing.</p>
      <div class="row">
        <Button does={again} busy="Trying">
          Try again
        </Button>
      </div>
    </div>
  );
}

function said(state: string, job: Job | undefined): string {
  if (state === 'received') return job?.total ? `Reading, ${number(job.done)} of ${number(job.total)}` : job?.state === 'running' ? 'Reading' : 'Waiting to be read';
  return state === 'refused' ? 'Refused' : 'Done';
}
