import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, PATCH, PUT, type DatasetInFull, type Photo } from '../../api/client';
import { usePages } from '../../api/pages';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';
import { Looking } from '../../parts/Look';
import { photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import './framing.css';
import { Square } from './Square';
import { AspectChoice, Twice } from './Squeeze';

const SEEN = ['ready', 'repaired'] as const;
const CHOICES: [DatasetInFull['framing'], string][] = [
  ['centre', 'the square in the middle'],
  ['smart', 'faces and what stands out'],
  ['two_squares', 'two squares, where it is wide or tall'],
  ['several', 'as many squares as it is wide or tall'],
  ['whole', 'all, mirrored over its edges'],
  ['squeeze', 'one shape, squeezed square'],
];
const FOCUSED = ['smart', 'squeeze']; // squares move while photographs are looked at

/** What training will see of each photograph, the rest dimmed; a square can be moved. */
export function Framing({ of, changed }: { of: DatasetInFull; changed: () => void }) {
  const pages = usePages(of.id, (where) => answer(GET('/datasets/{dataset_id}/photos', { params: { path: { dataset_id: of.id }, query: { state: [...SEEN], ...where } } })));
  const now = FOCUSED.includes(of.framing) ? `${of.framing} ${of.revision}` : of.framing;
  const squeeze = of.framing === 'squeeze';
  const first = useRef(now);
  useEffect(() => {
    if (first.current !== now) pages.again();
    first.current = now;
  }, [now]);
  const frame = async (framing: DatasetInFull['framing'], aspect?: string) => {
    await answer(PATCH('/datasets/{dataset_id}', { params: { path: { dataset_id: of.id } }, body: { framing, ...(aspect ? { aspect } : {}) } }));
    changed();
  };
  const choose = (word: string | null) => {
    const wanted = CHOICES.find(([key]) => key === word)?.[0];
    if (wanted) frame(wanted).catch(complain);
  };
  const put = async (photo: Photo, boxes: number[][]) => {
    const now = await answer(PUT('/photos/{photo_id}/frames', { params: { path: { photo_id: photo.id } }, body: { boxes } }));
    pages.change((photos) => photos.map((one) => (one.id === now.id ? now : one)));
    changed();
  };
  return (
    <section class="stack" aria-label="Framing">
      <p class="sentence">
        Of each photograph, training looks at{' '}
        <span class="together">
          <Menu label="Framing" value={of.framing} options={CHOICES} choose={choose} />
          {squeeze ? ':' : '.'}
        </span>{' '}
        {squeeze && (
          <span class="together">
            <AspectChoice of={of} choose={(aspect) => void frame('squeeze', aspect).catch(complain)} />.
          </span>
        )}
      </p>
      {FOCUSED.includes(of.framing) && <Looking dataset={of.id} />}
      <p class="small">
        What it will not see is dimmed. Drag {squeeze ? 'the bright part' : 'a square'}, or move it by the arrow keys, where it should be elsewhere.
        {squeeze && ` Below each photograph stands what becomes of it: squeezed, as training sees it, and in its own shape again, as all that is drawn will be shown.`}
      </p>
      <Shown of={pages} what="the photographs" part>
        {(photos) =>
          photos.length === 0 ? (
            <p class="quiet-word">Photographs appear here as they are read.</p>
          ) : (
            <>
              <ul class="framing">
                {photos.map((photo) => (
                  <One key={photo.id} photo={photo} squeeze={squeeze} put={put} />
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

type Put = (photo: Photo, boxes: number[][]) => Promise<void>;

function One({ photo, squeeze, put }: { photo: Photo; squeeze: boolean; put: Put }) {
  const [boxes, setBoxes] = useState(photo.views.map(({ box }) => box));
  useEffect(() => setBoxes(photo.views.map(({ box }) => box)), [photo]);
  const byHand = photo.views.some((view) => view.by_hand);
  const keep = (now: number[][]) =>
    put(photo, now).catch((error: unknown) => {
      setBoxes(photo.views.map(({ box }) => box));
      complain(error);
    });
  return (
    <li>
      <span class="whole" style={{ aspectRatio: `${photo.width} / ${photo.height}`, backgroundColor: photo.average ?? 'var(--well)' }}>
        <img src={photoImage(photo.id)(320)} alt={`Photograph, ${photo.name}`} loading="lazy" decoding="async" />
        {boxes.map((_, number) => (
          <Square key={number} photo={photo} boxes={boxes} number={number} move={setBoxes} keep={keep} />
        ))}
      </span>
      {squeeze && boxes.map((box, number) => <Twice key={number} photo={photo} box={box} />)}
      {byHand && (
        <button type="button" class="word small" onClick={() => void keep([])}>
          As the others
        </button>
      )}
    </li>
  );
}
