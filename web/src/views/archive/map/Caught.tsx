import { useEffect, useState } from 'preact/hooks';
import { answer, GET, type Sample } from '../../../api/client';
import { choose } from '../../../api/choices';
import { useLoad } from '../../../api/load';
import { everyPage } from '../../../api/pages';
import { complain, tell } from '../../../parts/notices';
import { count } from '../../../words';
import { Chosen } from '../../gallery/Chosen';
import { Selection } from '../Selection';
import './caught.css';
import { idOf, invented, type Points } from './points';

const FEW = 48; // samples that are read one by one; more of them as a list
const AT_ONCE = 8;
const OF_A_PAGE = 200;

interface CaughtProps {
  archive: string;
  points: Points;
  chosen: ReadonlySet<number>;
  hide: (ids: string[], away: boolean) => void;
  changed: () => void;
  none: () => void;
}

/** What one can do with what is chosen: photographs or invented pictures, one sort at a time. */
export function Caught({ archive, points, chosen, hide, changed, none }: CaughtProps) {
  const some = [...chosen];
  const photos = some.filter((at) => !invented(points, at));
  const drawn = some.filter((at) => invented(points, at));
  const [sort, setSort] = useState<'photos' | 'drawn'>('photos');
  const shown = photos.length === 0 ? 'drawn' : drawn.length === 0 ? 'photos' : sort;
  const take = async (ids: string[], included: boolean) => {
    await choose(archive, included ? { include: ids } : { exclude: ids });
    changed();
    const undo = () => void choose(archive, included ? { exclude: ids } : { include: ids }).then(changed, complain);
    tell(included ? 'Taken in' : 'Left out', `${count(ids.length, 'photograph')} ${included ? 'will' : 'will not'} be looked at.`, undo);
  };
  return (
    <>
      {photos.length > 0 && drawn.length > 0 && (
        <div class="map-sorts" role="group" aria-label="Which of them">
          <button type="button" aria-pressed={shown === 'photos'} onClick={() => setSort('photos')}>
            {count(photos.length, 'photograph')}
          </button>
          <button type="button" aria-pressed={shown === 'drawn'} onClick={() => setSort('drawn')}>
            {count(drawn.length, 'invented picture')}
          </button>
        </div>
      )}
      {shown === 'photos' ? (
        <Selection archive={archive} ids={photos.map((at) => idOf(points, at))} take={take} changed={changed} none={none} />
      ) : (
        <Drawn archive={archive} ids={drawn.map((at) => idOf(points, at))} hide={hide} changed={changed} none={none} />
      )}
    </>
  );
}

/** Invented pictures that are chosen, once they were read. */
function Drawn({ archive, ids, hide, changed, none }: { archive: string; ids: string[] } & Pick<CaughtProps, 'hide' | 'changed' | 'none'>) {
  const names = useLoad('names', async () => {
    const [albums, tags] = await Promise.all([everyPage((query) => answer(GET('/albums', { params: { query } }))), everyPage((query) => answer(GET('/tags', { params: { query } })))]);
    return { albums, tags };
  });
  const [known, setKnown] = useState<Sample[] | null>(null);
  useEffect(() => {
    let left = false;
    setKnown(null);
    samplesOf(archive, ids).then((some) => left || setKnown(some), (error: unknown) => left || (complain(error), none()));
    return () => void (left = true);
  }, [ids.join()]);
  if (!known)
    return (
      <div class="selection" role="region" aria-label="Chosen pictures">
        <p aria-live="polite">Fetching {count(ids.length, 'picture')}</p>
      </div>
    );
  const there = known.map(({ id }) => id);
  return <Chosen ids={there} known={known} whole={() => Promise.resolve(known)} names={names.value ?? { albums: [], tags: [] }} hide={hide} changed={() => (names.again(), changed())} close={none} />;
}

/** Read samples; those that were deleted meanwhile are not among them. */
async function samplesOf(dataset: string, ids: string[]): Promise<Sample[]> {
  const wanted = new Set(ids);
  const found: Sample[] = [];
  if (ids.length > FEW) {
    const oldest = ids.reduce((one, other) => (other < one ? other : one)); // an id begins with its time
    let cursor: string | null | undefined;
    do {
      const page = await answer(GET('/samples', { params: { query: { dataset, limit: OF_A_PAGE, ...(cursor ? { cursor } : {}) } } }));
      found.push(...page.items.filter(({ id }) => wanted.has(id)));
      cursor = (page.items.at(-1)?.id ?? '') > oldest ? page.next_cursor : null; // not through all that was ever drawn
    } while (cursor && found.length < wanted.size);
    return found;
  }
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE).map((sample_id) => answer(GET('/samples/{sample_id}', { params: { path: { sample_id } } })).catch(() => null));
    found.push(...(await Promise.all(some)).filter((one) => one !== null));
  }
  return found;
}
