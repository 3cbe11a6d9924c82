import { answer, GET, PATCH, type DatasetInFull, type Photo } from '../../api/client';
import { useLoad } from '../../api/load';
import { complain } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { number } from '../../words';

const STATES = ['repaired', 'duplicate', 'refused', 'excluded', 'withdrawn'] as const;
type Odd = (typeof STATES)[number];

interface RepairListProps {
  id: string;
  counts: DatasetInFull['counts'];
  state: string | null;
  changed: () => void;
}

/** Every file that is not simply a photograph, with the reason. */
export function RepairList({ id, counts, state, changed }: RepairListProps) {
  const wanted = STATES.filter((one) => (state ? one === state : counts[one] > 0));
  const rows = useLoad(`${id} ${wanted.join()} ${JSON.stringify(counts)}`, async () => {
    const pages = wanted.map((one) => answer(GET('/datasets/{dataset_id}/photos', { params: { path: { dataset_id: id }, query: { state: one, limit: 200 } } })));
    return (await Promise.all(pages)).flatMap((page) => page.items);
  });
  return (
    <section class="stack">
      <nav class="row" aria-label="States">
        <Filter id={id} of={null} current={state} label="All" />
        {STATES.map((one) => (
          <Filter key={one} id={id} of={one} current={state} label={`${word(one)} ${number(counts[one])}`} />
        ))}
      </nav>
      <Shown of={rows} what="the list">
        {(photos) =>
          photos.length === 0 ? (
            <p class="quiet-word">Every file was fine.</p>
          ) : (
            <ul class="repairs">
              {photos.map((photo) => (
                <Repair key={photo.id} photo={photo} changed={changed} />
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

function Filter({ id, of, current, label }: { id: string; of: Odd | null; current: string | null; label: string }) {
  return (
    <a class="filter" href={`#/archives/${id}?list=repairs${of ? `&state=${of}` : ''}`} aria-current={current === of ? 'true' : undefined}>
      {label}
    </a>
  );
}

function Repair({ photo, changed }: { photo: Photo; changed: () => void }) {
  const seen = photo.width !== null && photo.state !== 'withdrawn' && photo.state !== 'refused';
  const include = () => {
    answer(PATCH('/photos/{photo_id}', { params: { path: { photo_id: photo.id } }, body: { included: true } })).then(changed, complain);
  };
  return (
    <li>
      <span class="thumb">{seen && <Picture kind="photo" src={photoImage(photo.id)} shown={56} alt="" average={photo.average} blur={photo.blur} />}</span>
      <div>
        <p>
          <strong class="filename">{photo.name}</strong> <span class={`state ${photo.state}`}>{word(photo.state)}</span>
        </p>
        <p class="small">
          {photo.reason ?? (photo.state === 'excluded' ? 'You left it out.' : '')}{' '}
          {photo.state === 'excluded' && (
            <button type="button" class="word" onClick={include}>
              Take it in again
            </button>
          )}
        </p>
      </div>
    </li>
  );
}

function word(state: string): string {
  return state === 'excluded' ? 'Left out' : state.charAt(0).toUpperCase() + state.slice(1);
}
