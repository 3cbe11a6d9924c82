import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, POST, type Contacts as Sheet, type Heap, type Photo } from '../../api/client';
import { choose } from '../../api/choices';
import { useLoad } from '../../api/load';
import { usePages } from '../../api/pages';
import { Button } from '../../parts/Button';
import { Look, notLooked } from '../../parts/Look';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { count, number } from '../../words';
import './contacts.css';

interface ContactsProps {
  id: string;
  revision: number;
  changed: () => void;
}

/** What the network will learn most and least: photographs that go together, a strip as wide as their share. */
export function Contacts({ id, revision, changed }: ContactsProps) {
  const where = { params: { path: { dataset_id: id } } };
  const sheet = useLoad(id, () => answer(GET('/datasets/{dataset_id}/contacts', where)));
  const first = useRef(revision);
  useEffect(() => {
    if (first.current !== revision) sheet.again();
    first.current = revision;
  }, [revision]);
  const after = () => (sheet.again(), changed());
  const evenOut = async (body: { keep: number; heap?: number }) => {
    const done = await answer(POST('/datasets/{dataset_id}/contacts', { ...where, body }));
    after();
    tell('Left out', `${count(done.include.length, 'photograph')} will not be looked at.`, () => void choose(id, { include: done.include }).then(after, complain));
  };
  if (notLooked(sheet.problem)) return <Look dataset={id} why={sheet.problem?.detail ?? ''} looked={sheet.again} />;
  return (
    <section class="stack contacts" aria-label="Contact sheet">
      <Shown of={sheet} what="the contact sheet" part>
        {(found) => (
          <div class="stack sheet">
            {found.unlooked > 0 && <Look dataset={id} why={`${count(found.unlooked, 'photograph')} came since, and ${found.unlooked === 1 ? 'is' : 'are'} not on this sheet yet.`} looked={sheet.again} />}
            <p class="sentence">{sentence(found)}</p>
            <ol class="heaps">
              {found.heaps.map((heap) => (
                <Strip key={heap.heap} dataset={id} heap={heap} of={found} revision={revision} leaveOut={() => evenOut({ keep: 0, heap: heap.heap })} />
              ))}
            </ol>
            {found.heaps.length > 1 && <EvenOut of={found} does={evenOut} />}
            {found.photos > found.lonely.length && <Lonely of={found} />}
          </div>
        )}
      </Shown>
    </section>
  );
}

function sentence({ photos, heaps }: Sheet): string {
  if (photos === 0) return 'Training looks at nothing here: every photograph is left out.';
  if (heaps.length < 2) return `The ${count(photos, 'photograph')} that training looks at are all much of a kind.`;
  const most = heaps[0]?.photos ?? 0;
  const least = heaps.at(-1)?.photos ?? 0;
  return `What comes often is learnt most. Of ${count(photos, 'photograph')} in ${count(heaps.length, 'group')}, the largest has ${number(most)}, the smallest ${number(least)}.`;
}

const percent = (share: number) => (share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`);

interface StripProps {
  dataset: string;
  heap: Heap;
  of: Sheet;
  revision: number;
  leaveOut: () => Promise<void>;
}

/** One group; of its strip as many photographs are seen as fit its width. */
function Strip({ dataset, heap, of, revision, leaveOut }: StripProps) {
  const [open, setOpen] = useState(false);
  const said = `${count(heap.photos, 'photograph')}, ${percent(heap.share)}`;
  return (
    <li class="stack">
      <ul class="strip" style={{ inlineSize: `${(100 * heap.photos) / (of.heaps[0]?.photos ?? 1)}%` }} hidden={open}>
        {heap.typical.map((photo) => (
          <Print key={photo.id} photo={photo} />
        ))}
      </ul>
      <div class="row said">
        <p>{heap.photos > heap.typical.length ? `${said}, such as these` : said}</p>
        <button type="button" class="word" aria-expanded={open} aria-label={`${open ? 'Close' : 'Open'} the group of ${said}`} onClick={() => setOpen(!open)}>
          {open ? 'Close' : 'Open'}
        </button>
        {of.heaps.length > 1 && (
          <button type="button" class="word" aria-label={`Leave out the group of ${said}`} onClick={() => void leaveOut().catch(complain)}>
            Leave it out
          </button>
        )}
      </div>
      {open && <All dataset={dataset} heap={heap.heap} revision={revision} />}
    </li>
  );
}

/** All photographs of a group, the most typical first. */
function All({ dataset, heap, revision }: { dataset: string; heap: number; revision: number }) {
  const pages = usePages(`${dataset} ${heap} ${revision}`, (where) => answer(GET('/datasets/{dataset_id}/contacts/{heap}', { params: { path: { dataset_id: dataset, heap }, query: where } })));
  return (
    <Shown of={pages} what="its photographs" part>
      {(photos) => (
        <div class="stack">
          <ul class="all">
            {photos.map((photo) => (
              <Print key={photo.id} photo={photo} />
            ))}
          </ul>
          {pages.next && (
            <button type="button" class="word" onClick={pages.more}>
              Show more
            </button>
          )}
        </div>
      )}
    </Shown>
  );
}

function Print({ photo }: { photo: Photo }) {
  return (
    <li>
      <a href={`#/photos/${photo.id}`}>
        <Picture kind="photo" src={photoImage(photo.id)} shown={96} alt={`Photograph, ${photo.name}`} average={photo.average} blur={photo.blur} linked />
      </a>
    </li>
  );
}

/** At most so many of each group; what that leaves out is said while one chooses. */
function EvenOut({ of: { heaps, photos }, does }: { of: Sheet; does: (body: { keep: number }) => Promise<void> }) {
  const [keep, setKeep] = useState(Math.max(1, Math.round(photos / heaps.length)));
  const over = heaps.reduce((sum, heap) => sum + Math.max(0, heap.photos - keep), 0);
  return (
    <section class="stack" aria-label="Even it out">
      <h2>Even it out</h2>
      <div class="row">
        <label class="row">
          Keep at most
          <input type="number" min="1" max="1000000" value={keep} onInput={(event) => setKeep(Math.max(1, Math.floor(Number(event.currentTarget.value)) || 1))} />
          of each group
        </label>
        <Button does={() => does({ keep })} busy="Leaving out" off={over === 0 ? 'No group has more.' : undefined}>
          {over === 0 ? 'Leave the others out' : `Leave ${count(over, 'photograph')} out`}
        </Button>
      </div>
      <p class="small">What repeats another photograph goes first, then what is least typical of its group. It can be undone.</p>
    </section>
  );
}

function Lonely({ of: { lonely } }: { of: Sheet }) {
  return (
    <section class="stack" aria-label="Like no other">
      <h2>Like no other</h2>
      <p class="small">Nothing else here is much like these; they are learnt least.</p>
      <ul class="strip">
        {lonely.map(({ photo }) => (
          <Print key={photo.id} photo={photo} />
        ))}
      </ul>
    </section>
  );
}
