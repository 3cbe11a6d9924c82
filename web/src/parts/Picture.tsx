import { useEffect, useRef, useState } from 'preact/hooks';
import './picture.css';

interface PictureProps {
  kind: 'photo' | 'invented';
  src: (size: number) => string;
  shown: number; // CSS pixels of the long side
  alt: string;
  title?: string | null | undefined;
  width?: number | null | undefined;
  height?: number | null | undefined;
  average?: string | null | undefined;
  blur?: string | null | undefined; // a tiny picture, base64
  square?: boolean;
  eager?: boolean;
  urgent?: boolean; // before others that are fetched meanwhile
  linked?: boolean; // it stands in a link, where no button may
  patient?: boolean; // it is drawn when it is asked for: where nobody draws yet, it is asked for again by itself
}

const AGAIN_MS = 3000;
const TRIES = 40; // while a renderer warms up, or has much to do
const SMALL = { photo: 400, invented: 320 }; // px; what is asked for above it may come in full size

/** A photograph wears a white border and square corners, an invented picture rounded ones and no border. */
export function Picture({ kind, src, shown, alt, title, width, height, average, blur, square = true, eager = false, urgent, linked = false, patient = false }: PictureProps) {
  const [state, setState] = useState<'coming' | 'here' | 'broken'>('coming');
  const [turn, setTurn] = useState(0);
  const img = useRef<HTMLImageElement>(null);
  const waits = patient && state === 'broken' && turn < TRIES;
  useEffect(() => {
    if (!waits) return;
    const later = setTimeout(() => (setTurn(turn + 1), setState('coming')), AGAIN_MS);
    return () => clearTimeout(later);
  }, [waits, turn]);
  useEffect(() => {
    const { current } = img;
    return () => current && !current.complete && cancel(current);
  }, []);
  const sharp = shown > SMALL[kind] ? shown * 2 : Math.min(shown * 2, SMALL[kind]); // no grid loads large pictures
  const ratio = square ? '1' : `${width ?? 1} / ${height ?? 1}`;
  const ground = { aspectRatio: ratio, backgroundColor: average ?? 'var(--well)', ...(blur && state === 'coming' ? { backgroundImage: `url(data:${mime(blur)};base64,${blur})` } : {}) };
  return (
    <span class={`picture ${kind}`}>
      <span class="ground" style={ground}>
        {waits ? (
          <span class="broken">{alt && 'Warming up'}</span>
        ) : state === 'broken' && linked ? (
          <span class="broken">This picture cannot be read</span>
        ) : state === 'broken' ? (
          <button type="button" class="broken" onClick={() => (setTurn(turn + 1), setState('coming'))}>
            This picture cannot be read. Try again
          </button>
        ) : (
          <img
            key={turn}
            ref={img}
            src={src(shown)}
            srcset={`${src(shown)} 1x, ${src(sharp)} 2x`}
            alt={alt}
            title={title ?? undefined}
            width={width ?? undefined}
            height={height ?? undefined}
            loading={eager ? 'eager' : 'lazy'}
            fetchpriority={urgent === undefined ? 'auto' : urgent ? 'high' : 'low'}
            decoding="async"
            class={state}
            onLoad={() => setState('here')}
            onError={() => setState('broken')}
          />
        )}
      </span>
    </span>
  );
}

/** A browser goes on fetching for a picture that is gone, unless it is told. */
function cancel(img: HTMLImageElement): void {
  img.removeAttribute('srcset');
  img.removeAttribute('src');
}

function mime(base64: string): string {
  return base64.startsWith('iVBOR') ? 'image/png' : base64.startsWith('UklGR') ? 'image/webp' : 'image/jpeg';
}

export const photoImage = (id: string) => (size: number) => `/photos/${id}/image?size=${size}`;
export const sampleImage = (id: string) => (size: number) => `/samples/${id}/image?size=${size}`;
