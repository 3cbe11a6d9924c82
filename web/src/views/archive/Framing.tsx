import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, PATCH, PUT, type DatasetInFull, type Photo } from '../../api/client';
import { usePages } from '../../api/pages';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';
import { Looking } from '../../parts/Look';
import { photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import './framing.css';
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
const STEP = 0.02; // of the side of a square, for a key
const PAUSE_MS = 500; // after the last key, before it is kept

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

interface SquareProps {
  photo: Photo;
  boxes: number[][];
  number: number;
  move: (boxes: number[][]) => void;
  keep: (boxes: number[][]) => void;
}

/** One square over a photograph, or what is squeezed into one: the part in it is bright. */
function Square({ photo, boxes, number, move, keep }: SquareProps) {
  const [left = 0, top = 0, right = 0, bottom = 0] = boxes[number] ?? [];
  const [wide, high] = [right - left, bottom - top];
  const width = photo.width ?? 1;
  const height = photo.height ?? 1;
  const room = { x: Math.max(0, width - wide), y: Math.max(0, height - high) };
  const held = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const moved = (x: number, y: number) => {
    const at = [Math.round(within(x, room.x)), Math.round(within(y, room.y))] as const;
    const now = boxes.map((box, one) => (one === number ? [at[0], at[1], at[0] + wide, at[1] + high] : box));
    move(now);
    return now;
  };
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const shown = event.currentTarget.parentElement;
    if (!held.current || !shown) return;
    const scale = width / shown.clientWidth;
    moved(held.current.left + (event.clientX - held.current.x) * scale, held.current.top + (event.clientY - held.current.y) * scale);
  };
  const press = (event: KeyboardEvent) => {
    const [x, y] = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    const now = moved(left + x * wide * STEP, top + y * high * STEP);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => keep(now), PAUSE_MS);
  };
  const fixed = room.x + room.y === 0 || left < 0 || top < 0;
  const [over, along] = room.x >= room.y ? [left, room.x] : [top, room.y];
  const share = (of: number, all: number) => `${(100 * of) / all}%`;
  return (
    <span
      class="square"
      role="slider"
      tabIndex={fixed ? -1 : 0}
      aria-label={`Square ${number + 1} of ${photo.name}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, along)}
      aria-valuenow={Math.max(0, over)}
      aria-disabled={fixed}
      style={{
        touchAction: room.x && room.y ? 'none' : room.y ? 'pan-x' : 'pan-y', // a finger that moves along the other way scrolls
        insetInlineStart: share(Math.max(0, left), width),
        insetBlockStart: share(Math.max(0, top), height),
        inlineSize: share(Math.min(wide, width), width),
        blockSize: share(Math.min(high, height), height),
        backgroundImage: `url(${photoImage(photo.id)(320)})`,
        backgroundSize: `${share(width, Math.min(wide, width))} ${share(height, Math.min(high, height))}`,
        backgroundPosition: `${room.x ? share(left, room.x) : '0'} ${room.y ? share(top, room.y) : '0'}`,
      }}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (fixed) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { x: event.clientX, y: event.clientY, left, top };
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        if (held.current && (held.current.left !== left || held.current.top !== top)) keep(boxes);
        held.current = null;
      }}
      onPointerCancel={() => {
        if (held.current) moved(held.current.left, held.current.top);
        held.current = null;
      }}
    />
  );
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
