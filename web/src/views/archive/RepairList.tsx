import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, DELETE, GET, PATCH, type DatasetInFull, type Photo } from '../../api/client';
import { usePages } from '../../api/pages';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { capital, number, sentences } from '../../words';

const STATES = ['repaired', 'duplicate', 'refused', 'excluded', 'withdrawn', 'moved'] as const;
type Odd = (typeof STATES)[number];

interface RepairListProps {
  id: string;
  counts: DatasetInFull['counts'];
  state: string | null;
  changed: () => void;
}

/** Every file that is not simply a photograph, with the reason. */
export function RepairList({ id, counts, state, changed }: RepairListProps) {
  const pages = usePages(`${id} ${state ?? ''}`, (where) =>
    answer(GET('/datasets/{dataset_id}/photos', { params: { path: { dataset_id: id }, query: { state: STATES.filter((one) => !state || one === state), ...where } } })),
  );
  const some = STATES.find((one) => one === state);
  const told = JSON.stringify(counts);
  const first = useRef(told);
  useEffect(() => {
    if (first.current !== told) pages.again();
    first.current = told;
  }, [told]);
  return (
    <section class="stack">
      <div class="spread">
        <nav class="row" aria-label="States">
          <Filter id={id} of={null} current={state} label="All" />
          {STATES.map((one) => (
            <Filter key={one} id={id} of={one} current={state} label={`${word(one)} ${number(counts[one])}`} />
          ))}
        </nav>
        <a class="filter" download href={`/datasets/${id}/photos.csv${some ? `?state=${some}` : ''}`}>
          Save as CSV
        </a>
      </div>
      <Shown of={pages} what="the list" part>
        {(photos) =>
          photos.length === 0 ? (
            <p class="quiet-word">Every file was fine.</p>
          ) : (
            <>
              <ul class="repairs">
                {photos.map((photo) => (
                  <Repair key={photo.id} photo={photo} changed={changed} />
                ))}
              </ul>
              {pages.next && (
                <button type="button" class="word" onClick={pages.more}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Shown>
    </section>
  );
}

function Filter({ id, of, current, label }: { id: string; of: Odd | null; current: string | null; label: string }) {
  return (
    <a class="filter" href={`#/archives/${id}/repairs${of ? `?state=${of}` : ''}`} aria-current={current === of ? 'true' : undefined}>
      {label}
    </a>
  );
}

function Repair({ photo, changed }: { photo: Photo; changed: () => void }) {
  const seen = photo.width !== null && !['withdrawn', 'moved', 'refused'].includes(photo.state);
  const [welcomed, setWelcomed] = useState(false);
  const include = () => {
    answer(PATCH('/photos/{photo_id}', { params: { path: { photo_id: photo.id } }, body: { included: true } })).then(changed, complain);
  };
  const welcome = () => {
    const told = () => (setWelcomed(true), tell('It may come in again', `Send ${photo.name} once more, and it is taken in.`));
    answer(DELETE('/photos/{photo_id}/withdrawal', { params: { path: { photo_id: photo.id } } })).then(told, complain);
  };
  return (
    <li>
      <span class="thumb">{seen && <Picture kind="photo" src={photoImage(photo.id)} shown={56} alt="" average={photo.average} blur={photo.blur} />}</span>
      <div>
        <p>
          <strong class="filename">{seen ? <a href={`#/photos/${photo.id}`}>{photo.name}</a> : photo.name}</strong> <span class={`state ${photo.state}`}>{word(photo.state)}</span>
        </p>
        <p class="small">
          {photo.reason ? sentences(photo.reason) : photo.state === 'excluded' ? 'You left it out.' : ''}{' '}
          {(photo.state === 'excluded' || (photo.state === 'duplicate' && seen)) && (
            <button type="button" class="word" onClick={include}>
              {photo.state === 'excluded' ? 'Take it in again' : 'Take it in as well'}
            </button>
          )}
          {photo.state === 'withdrawn' && !welcomed && (
            <>
              Its file is refused if it is sent again.{' '}
              <button type="button" class="word" aria-label={`Let ${photo.name} come in again`} onClick={welcome}>
                Let it come in again
              </button>
            </>
          )}
          {photo.moved_to && photo.state === 'moved' && (
            <a class="word" href={`#/photos/${photo.moved_to}`} aria-label={`Look at ${photo.name} where it is now`}>
              Look at it there
            </a>
          )}
          {welcomed && 'Its file may be sent again.'}
        </p>
      </div>
    </li>
  );
}

function word(state: string): string {
  return state === 'excluded' ? 'Left out' : capital(state);
}
