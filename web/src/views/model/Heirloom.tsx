import { useState } from 'preact/hooks';
import { answer, DELETE, GET, type Job, type Model, POST } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { post } from '../../api/post';
import { Button } from '../../parts/Button';
import { complain, tell } from '../../parts/notices';
import { Waiting } from '../../parts/Waiting';
import { bytes, count, day, duration, sentences } from '../../words';
import './heirloom.css';

type Wish = { kind: 'export'; model_id: string; discriminator: boolean };

/** A model packed to be kept for twenty years: what goes in, how large it gets, and the packs that there are. */
export function Heirloom({ model }: { model: Model }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="take heirloom" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Heirloom pack</summary>
      {open && <Packs model={model} />}
    </details>
  );
}

function Packs({ model }: { model: Model }) {
  const [judge, setJudge] = useState(false);
  const wish: Wish = { kind: 'export', model_id: model.id, discriminator: judge };
  const packs = useLoad(`packs of ${model.id}`, async () => (await answer(GET('/exports', { params: { query: { model: model.id } } }))).items);
  const last = useLoad(`packing of ${model.id}`, () => newest(model.id));
  const cost = useLoad(`cost of a pack of ${JSON.stringify(wish)}`, () => answer(POST('/jobs/estimate', { body: wish })));
  useEvents('all', (type) => {
    if (type === 'state' || type === 'progress') last.again();
    if (type === 'state') packs.again();
  });
  const remove = async (id: string) => {
    await answer(DELETE('/exports/{export_id}', { params: { path: { export_id: id } } }));
    tell('Deleted', 'The pack is gone; what went into it stays.');
    packs.again();
  };
  const job = last.value;
  const going = job && ['queued', 'running'].includes(job.state);
  return (
    <div class="stack">
      <p class="small">
        One folder to keep for twenty years: this network, your favourites with their recipes, your journeys, the licences, and a page that explores it all in any browser, without Reverie and without a network. No photograph goes along.
      </p>
      {going ? (
        <Going job={job} />
      ) : (
        <>
          <label class="small row">
            <input type="checkbox" checked={judge} onChange={(event) => setJudge(event.currentTarget.checked)} />
            With what it takes to learn on from it
          </label>
          {job?.state === 'failed' && job.error && (
            <p class="small">
              <strong>{job.error.title}.</strong> {sentences(job.error.detail, job.error.remedy)}
            </p>
          )}
          {cost.value && <p class="caption">{cost.value.fits ? cost.value.sentence : cost.value.reasons.join(' ')}</p>}
          <div class="row">
            <Button does={() => post(wish).then(last.again)} busy="Asking" off={cost.value && !cost.value.fits ? 'There is no room for it' : undefined}>
              Make the pack
            </Button>
          </div>
        </>
      )}
      {packs.value && packs.value.length > 0 && (
        <ul>
          {packs.value.map((pack) => (
            <li key={pack.id}>
              <a class="word" download href={`/exports/${pack.id}/file`}>
                {pack.filename}
              </a>
              <span class="caption">
                {[day(pack.created_at), bytes(pack.size_bytes), count(pack.pictures, 'favourite'), pack.films ? count(pack.films, 'journey') : ''].filter(Boolean).join(', ')}.{' '}
                <button type="button" class="word" onClick={() => void remove(pack.id).catch(complain)} aria-label={`Delete the pack of ${day(pack.created_at)}`}>
                  Delete
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Going({ job }: { job: Job }) {
  const left = job.remaining_s === null ? '' : `, ${duration(job.remaining_s)} left`;
  return (
    <div class="stack" aria-live="polite">
      <p class="small">{job.state === 'queued' ? 'It will be packed.' : `${job.phase === 'packing pictures' ? 'Packing the pictures' : 'Writing the model'}${left}.`}</p>
      {job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Packing" />}
      <Waiting job={job} />
    </div>
  );
}

async function newest(model: string): Promise<Job | null> {
  return (await answer(GET('/jobs', { params: { query: { kind: 'export', limit: 200 } } }))).items.find((job) => job.model_id === model) ?? null;
}
