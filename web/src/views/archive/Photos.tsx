import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, type Photo, PATCH } from '../../api/client';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { count, day } from '../../words';

const PAGE = 120;
const UNDATED = 'Without a date';

/** The photographs that training looks at, more of them as one scrolls. */
export function Photos({ id, revision, total }: { id: string; revision: string; total: number }) {
  const [photos, setPhotos] = useState<Photo[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const turn = useRef(0);
  const fetch = async (cursor: string | null) => {
    const mine = cursor ? turn.current : ++turn.current;
    const pages = await Promise.all(
      (['ready', 'repaired'] as const).map((state) =>
        cursor && state === 'repaired'
          ? { items: [], next_cursor: null }
          : answer(GET('/datasets/{dataset_id}/photos', { params: { path: { dataset_id: id }, query: { state, limit: PAGE, ...(cursor ? { cursor } : {}) } } })),
      ),
    );
    if (mine !== turn.current) return;
    const found = pages.flatMap((page) => page.items);
    setPhotos((old) => (cursor ? [...old, ...found] : found));
    setNext(pages[0]?.next_cursor ?? null);
  };
  useEffect(() => void fetch(null).catch(complain), [id, revision]);
  const end = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!end.current || !next) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && fetch(next).catch(complain), { rootMargin: '600px' });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [next]);
  const exclude = async (photo: Photo) => {
    await answer(PATCH('/photos/{photo_id}', { params: { path: { photo_id: photo.id } }, body: { included: false } }));
    setPhotos((old) => old.filter((one) => one.id !== photo.id));
    tell('Left out', `${photo.name} will not be looked at.`, () => {
      answer(PATCH('/photos/{photo_id}', { params: { path: { photo_id: photo.id } }, body: { included: true } })).then(() => fetch(null)).catch(complain);
    });
  };
  if (photos.length === 0) return <p class="quiet-word">{total === 0 ? 'Photographs appear here as they are read.' : 'Fetching the photographs'}</p>;
  return (
    <section class="stack" aria-label="Photographs">
      {byYear(photos).map(([year, some], _, years) => (
        <section key={year} class="stack year">
          <header class="row">
            <h2>{year}</h2>
            <span class="small">{next || years.length === 1 ? '' : count(some.length, 'photograph')}</span>
          </header>
          <ul class="photos">
            {some.map((photo) => (
              <li key={photo.id}>
                <Picture kind="photo" src={photoImage(photo.id)} shown={200} alt={`Photograph, ${photo.name}${photo.taken_at ? `, ${day(photo.taken_at)}` : ''}`} average={photo.average} blur={photo.blur} />
                <button type="button" class="leave-out" aria-label={`Leave ${photo.name} out`} onClick={() => exclude(photo).catch(complain)}>
                  Leave out
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {next && (
        <button ref={end} type="button" class="word" onClick={() => fetch(next).catch(complain)}>
          Show more
        </button>
      )}
    </section>
  );
}

/** The years that the cameras noted, oldest first, undated ones last; as they came in, where most have no date. */
function byYear(photos: Photo[]): [string, Photo[]][] {
  const years = new Map<string, Photo[]>();
  for (const photo of photos) {
    const year = photo.taken_at?.slice(0, 4) ?? UNDATED;
    const some = years.get(year);
    if (some) some.push(photo);
    else years.set(year, [photo]);
  }
  if ((years.get(UNDATED)?.length ?? 0) > photos.length / 2) return [['As they came in', photos]];
  return [...years].sort(([one], [other]) => one.localeCompare(other)); // digits before letters
}
