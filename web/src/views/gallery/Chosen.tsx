import { useState } from 'preact/hooks';
import { type Album, answer, POST, Problem, type Sample } from '../../api/client';
import { download, MOST, put, rate, remove, tag } from '../../api/many';
import { Button } from '../../parts/Button';
import '../../parts/grid/selection.css';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { fileName } from '../../recipe';
import { go, journeyAddress } from '../../routes';
import { count, number } from '../../words';
import './chosen.css';
import { Naming } from './Naming';
import { MOST_SIDES } from './query';
import type { Names } from './Sentence';

interface ChosenProps {
  ids: string[];
  known: Sample[]; // those of them that are on the page
  whole: () => Promise<Sample[]>; // all of them, read where need be
  names: Names;
  hide: (ids: string[], away: boolean) => void;
  changed: () => void;
  close: () => void;
}

const UNDO_MS = 10_000;

/** What one can do with the pictures that are chosen. */
export function Chosen({ ids, known, whole, names, hide, changed, close }: ChosenProps) {
  const [naming, setNaming] = useState<'album' | 'tag' | null>(null);
  const many = count(ids.length, 'picture');
  const beyond = ids.length - known.length;
  const back = (undo: () => Promise<void>) => () => void undo().then(changed, complain);
  const star = async () => {
    const samples = await whole();
    const starred = samples.every((one) => one.rating > 0);
    const undo = await rate(starred ? samples : samples.filter((one) => one.rating === 0), starred ? 0 : 1);
    tell(starred ? 'Stars taken' : 'Starred', many, back(undo));
    changed();
  };
  const collect = async (name: string) => {
    const album = await albumOf(name, names.albums);
    const { added, back: undo } = await put(ids, album);
    tell('Added', added === 0 ? `All of them were in ${album.name} already.` : `${count(added, 'picture is', 'pictures are')} in ${album.name} now.`, added === 0 ? undefined : back(undo));
    changed();
  };
  const word = async (name: string) => {
    const undo = await tag(await whole(), name);
    tell('Tagged', `${many}: ${name}`, back(undo));
    changed();
  };
  const erase = () => {
    // Nothing is deleted before the time to take it back is over; a page that is closed meanwhile deletes nothing.
    const gone = ids;
    const later = setTimeout(() => remove(gone).then(changed, (error: unknown) => (hide(gone, false), complain(error))), UNDO_MS);
    hide(gone, true);
    close();
    tell('Deleted', many, () => {
      clearTimeout(later);
      hide(gone, false);
    });
  };
  const fits = ids.length >= 2 && ids.length <= MOST_SIDES;
  return (
    <div class="selection gallery-selection" role="region" aria-label="Chosen pictures">
      {naming === 'album' && <Naming label="Album" hint="A new name, or one that is there" verb="Add to album" known={names.albums.map(({ name }) => name)} most={200} does={collect} close={() => setNaming(null)} />}
      {naming === 'tag' && <Naming label="Tag" hint="A word, such as fog" verb="Tag" known={names.tags.map(({ name }) => name)} most={64} does={word} close={() => setNaming(null)} />}
      <p aria-live="polite">
        <strong>{number(ids.length)}</strong> chosen{beyond > 0 && <span class="caption">, {number(beyond)} of them farther off</span>}
      </p>
      <div class="deeds">
        <Button look="quiet" does={() => void (fits ? go(compareAddress(ids)) : tell('Two to four', 'can be compared at a time.'))}>
          Compare
        </Button>
        <Button look="quiet" does={() => setNaming('album')}>
          Add to album
        </Button>
        <Button look="quiet" does={() => setNaming('tag')}>
          Tag
        </Button>
        <Button look="quiet" icon="star" does={star}>
          {known.length > 0 && known.every((one) => one.rating > 0) ? 'Take the stars' : 'Give a star'}
        </Button>
        <Button look="quiet" does={erase}>
          Delete
        </Button>
      </div>
      <Button icon="save" does={() => save(ids, known)}>
        Save
      </Button>
      <Button look="primary" does={() => go(journeyAddress('samples', ids))}>
        Make a journey
      </Button>
      <button type="button" class="bare" aria-label="Choose none" onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}

export function compareAddress(ids: string[]): string {
  return `#/gallery/compare?ids=${ids.join(',')}`;
}

/** The album of this name, made where there is none; somebody else may have made it meanwhile. */
async function albumOf(name: string, known: Album[]): Promise<Album> {
  const there = known.find((one) => one.name === name);
  if (there) return there;
  try {
    return await answer(POST('/albums', { body: { name } }));
  } catch (error) {
    const id = error instanceof Problem ? error.fact('album_id') : null;
    if (typeof id !== 'string') throw error;
    return { id, name: known.find((one) => one.id === id)?.name ?? name, samples: 0, created_at: '' };
  }
}

/** One as it is, with its recipe within; several as a zip. */
function save(ids: string[], [one]: Sample[]): void {
  if (ids.length > MOST) return void tell(`More than ${number(MOST)}`, 'Save all, above, takes everything that the sentence means.');
  if (!one || ids.length > 1) return download(ids);
  const link = document.createElement('a');
  link.href = `/samples/${one.id}/image`;
  link.download = fileName(one);
  link.click();
}
