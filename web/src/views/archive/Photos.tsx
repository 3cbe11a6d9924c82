import { useEffect, useRef } from 'preact/hooks';
import { answer, GET, type Photo, PATCH } from '../../api/client';
import { usePages } from '../../api/pages';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { count, day } from '../../words';

const SEEN = ['ready', 'repaired'] as const; // what training looks at
const UNDATED = 'Without a date';

/** The photographs that training looks at, more of them as one scrolls. */
export function Photos({ id, revision, total }: { id: string; revision: string; total: number }) {
  const pages = usePages(id, (where) => answer(GET('/datasets/{dataset_id}/photos', { params: { path: { dataset_id: id }, query: { state: [...SEEN], ...where } } })));
  const first = useRef(revision);
  useEffect(() => {
    if (first.current !== revision) pages.again();
    first.current = revision;
  }, [revision]);
  const include = (photo: Photo, included: boolean) => answer(PATCH('/photos/{photo_id}', { params: { path: { photo_id: photo.id } }, body: { included } }));
  const exclude = async (photo: Photo) => {
    await include(photo, false);
    pages.change((photos) => photos.filter((one) => one.id !== photo.id));
    tell('Left out', `${photo.name} will not be looked at.`, () => void include(photo, true).then(pages.again, complain));
  };
  return (
    <Shown of={pages} what="the photographs" part>
      {(photos) => (
        <section class="stack" aria-label="Photographs">
          {photos.length === 0 && <p class="quiet-word">{total === 0 ? 'Photographs appear here as they are read.' : 'Fetching the photographs'}</p>}
          {byYear(photos).map(([year, some], index, years) => (
            <section key={year} class="stack year">
              <header class="row">
                <h2>{year}</h2>
                <span class="small">{years.length === 1 || (pages.next && index === years.length - 1) ? '' : count(some.length, 'photograph')}</span>
              </header>
              <ul class="photos">
                {some.map((photo) => (
                  <One key={photo.id} photo={photo} exclude={exclude} />
                ))}
              </ul>
            </section>
          ))}
          {pages.next && <More key={photos.length} more={pages.more} />}
        </section>
      )}
    </Shown>
  );
}

/** A tap shows what can be done with a photograph; so does pointing at it, or coming to it by keyboard. */
function One({ photo, exclude }: { photo: Photo; exclude: (photo: Photo) => Promise<void> }) {
  return (
    <li tabIndex={-1}>
      <a href={`#/photos/${photo.id}`}>
        <Picture kind="photo" src={photoImage(photo.id)} shown={200} alt={described(photo)} title={photo.caption} average={photo.average} blur={photo.blur} linked />
      </a>
      <button type="button" class="leave-out" aria-label={`Leave ${photo.name} out`} onClick={() => exclude(photo).catch(complain)}>
        Leave out
      </button>
    </li>
  );
}

/** What stands for a photograph where it is not seen: its caption, if an export had one, its name and its day. */
function described(photo: Photo): string {
  return ['Photograph', photo.caption, photo.name, photo.taken_at && day(photo.taken_at)].filter(Boolean).join(', ');
}

/** The end of what was read so far: coming near it reads on. */
function More({ more }: { more: () => void }) {
  const end = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!end.current) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && more(), { rootMargin: '600px' });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, []);
  return (
    <button ref={end} type="button" class="word" onClick={more}>
      Show more
    </button>
  );
}

/** The years that the photographs are from, oldest first, undated ones last; as they came in, where most have no date. */
function byYear(photos: Photo[]): [string, Photo[]][] {
  const years = new Map<string, Photo[]>();
  for (const photo of photos) {
    const year = photo.taken_at?.slice(0, 4) ?? UNDATED;
    const some = years.get(year);
    if (some) some.push(photo);
    else years.set(year, [photo]);
  }
  if (photos.length > 0 && (years.get(UNDATED)?.length ?? 0) > photos.length / 2) return [['As they came in', photos]];
  return [...years].sort(([one], [other]) => one.localeCompare(other)); // digits before letters
}
