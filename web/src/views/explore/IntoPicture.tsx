import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { answer, GET, type Model, type Photo } from '../../api/client';
import { useLoad } from '../../api/load';
import { Icon } from '../../parts/Icon';
import { photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { count, day } from '../../words';

export type Picked = { photo: Photo } | { file: File; address: string };
export type Box = [left: number, top: number, right: number, bottom: number]; // shares of the picture

const MOST = 60;
const SHARP = 640; // pixels of a photograph that is cut for the model
const LEAST = 0.04; // of a side: less was a click

/** A picture to drop or choose, or a photograph that the model has learnt from. */
export function Sources({ model, pick }: { model: Model | undefined; pick: (picked: Picked) => void }) {
  const [over, setOver] = useState(false);
  const dataset = model?.dataset_id;
  const photos = useLoad(`into ${dataset}`, async () =>
    dataset ? (await answer(GET('/datasets/{dataset_id}/photos', { params: { path: { dataset_id: dataset }, query: { limit: MOST } } }))).items.filter(({ width, state }) => width !== null && (state === 'ready' || state === 'repaired')) : [],
  );
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) pick({ file, address: URL.createObjectURL(file) });
  };
  const carried = (event: DragEvent) => (event.preventDefault(), event.stopPropagation(), setOver(true)); // else it would begin an archive
  return (
    <div class="stack">
      <label
        class="into-drop"
        data-over={over || undefined}
        onDragOver={carried}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => (event.preventDefault(), event.stopPropagation(), setOver(false), take(event.dataTransfer?.files))}
      >
        <Icon name="bring" />
        <span>Drop a picture here, or choose one</span>
        <input type="file" class="hidden" accept="image/*" onChange={(event) => take(event.currentTarget.files)} />
      </label>
      {dataset && (
        <Shown of={photos} what="photographs" part>
          {(found) =>
            found.length > 0 && (
              <section class="stack">
                <h3>Or one of the photographs that it has learnt from</h3>
                <ul class="into-photos">
                  {found.map((photo) => (
                    <li key={photo.id}>
                      <button type="button" onClick={() => pick({ photo })}>
                        <img src={photoImage(photo.id)(160)} alt={`Photograph, ${photo.name}${photo.taken_at ? `, ${day(photo.taken_at)}` : ''}`} loading="lazy" width="80" height="80" style={{ backgroundColor: photo.average ?? undefined }} />
                      </button>
                    </li>
                  ))}
                </ul>
                {found.length === MOST && <p class="caption">The first {count(MOST, 'photograph')}. In any other's own view, choose Find it in a model.</p>}
              </section>
            )
          }
        </Shown>
      )}
    </div>
  );
}

interface FramedProps {
  picked: Picked;
  ratio: number;
  box: Box | null;
  draw?: ((box: Box | null) => void) | undefined;
  children?: ComponentChildren; // laid over it
}

/** The picture as the model is shown it; a box can be drawn on it, where `draw` takes one. */
export function Framed({ picked, ratio, box, draw, children }: FramedProps) {
  const from = useRef<[number, number] | null>(null);
  const [broken, setBroken] = useState(false);
  const at = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  };
  const press = (event: PointerEvent) => {
    if (!draw) return;
    from.current = at(event);
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (draw && from.current) draw(boxOf(from.current, at(event)));
  };
  const name = 'photo' in picked ? picked.photo.name : picked.file.name;
  const cut = 'photo' in picked ? cutOf(picked.photo, ratio) : {};
  return (
    <figure>
      <span class="into-ground photo" data-draws={draw ? true : undefined} style={{ aspectRatio: `${ratio}`, backgroundColor: 'photo' in picked ? (picked.photo.average ?? undefined) : undefined }} onPointerDown={press} onPointerMove={move} onPointerUp={() => (from.current = null)} onPointerCancel={() => (from.current = null)}>
        {broken ? (
          <span class="caption">This browser cannot show it; it is looked for all the same.</span>
        ) : (
          <img src={'photo' in picked ? photoImage(picked.photo.id)(SHARP) : picked.address} alt={`Photograph, ${name}`} style={cut} draggable={false} onError={() => setBroken(true)} />
        )}
        {box && <span class="into-box" style={{ left: per(box[0]), top: per(box[1]), width: per(box[2] - box[0]), height: per(box[3] - box[1]) }} />}
        {children}
      </span>
      <figcaption class="caption filename">{name}</figcaption>
    </figure>
  );
}

/** Where its own framing lies in a frame of this ratio, if it has that shape; else the middle is shown. */
function cutOf({ width, height, views }: Photo, ratio: number): Record<string, string> {
  const [left, top, right, bottom] = views[0]?.box ?? [];
  if (!width || !height || left === undefined || top === undefined || right === undefined || bottom === undefined) return {};
  const [wide, high] = [right - left, bottom - top];
  if (Math.abs(wide / high - ratio) > 0.02 || left < 0 || top < 0 || right > width || bottom > height) return {};
  return { position: 'absolute', maxInlineSize: 'none', inlineSize: per(width / wide), blockSize: per(height / high), left: per(-left / wide), top: per(-top / high), objectFit: 'fill' };
}

function boxOf(one: [number, number], other: [number, number]): Box | null {
  const box: Box = [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[0], other[0]), Math.max(one[1], other[1])];
  return box[2] - box[0] < LEAST || box[3] - box[1] < LEAST ? null : box;
}

export function shownAs(told: unknown): Box | null {
  if (!Array.isArray(told)) return null;
  const [left, top, right, bottom]: unknown[] = told;
  return typeof left === 'number' && typeof top === 'number' && typeof right === 'number' && typeof bottom === 'number' ? [left, top, right, bottom] : null;
}

const per = (share: number) => `${Math.round(share * 10_000) / 100}%`;
const within = (share: number) => Math.round(1000 * Math.max(0, Math.min(1, share))) / 1000;
