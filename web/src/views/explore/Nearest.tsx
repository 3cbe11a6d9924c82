import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../../api/client';
import { altOf, type Originals, originalsAt } from '../../api/originals';
import { Picture, photoImage } from '../../parts/Picture';
import './nearest.css';
import { glassOf } from './plane';
import { type Place, pointOf } from './place';

const REST_MS = 500;
const BUSY_MS = 2000; // until one asks again, where nobody draws yet or too many ask
const NOT_LOOKED_MS = 60_000; // ... where nobody has looked at the archive: a job may do so meanwhile

interface NearestProps {
  place: Place;
  still: boolean; // whether it is what lies in the middle
  middle: { x: number; y: number };
  ratio: number;
  view: string;
}

/** Under a picture at which one rests: the three photographs that it comes nearest to. */
export function Nearest({ place, still, middle, ratio, view }: NearestProps) {
  const items = useNearest(place, still, view);
  if (items.length === 0) return null;
  const { height } = glassOf({ width: place.z, height: place.z / ratio });
  return (
    <aside class="explore-nearest veil" aria-label="Comes nearest to" style={{ '--across': `${middle.x}px`, '--down': `${middle.y + height / 2 + 12}px` }}>
      <h2>Comes nearest to</h2>
      <ul>
        {items.map(({ photo, words }) => (
          <li key={photo.id}>
            <a href={`#/photos/${photo.id}`} title={words}>
              <Picture kind="photo" src={photoImage(photo.id)} shown={48} alt={`${altOf(photo)}, ${words}`} average={photo.average} blur={photo.blur} linked eager />
            </a>
          </li>
        ))}
      </ul>
      <p class="caption">Resemblance, never proof</p>
    </aside>
  );
}

/** Ask where one has rested for a while; again by itself, where there was no answer. */
function useNearest(place: Place, still: boolean, view: string): Originals['items'] {
  const point = JSON.stringify(pointOf(place));
  const [found, setFound] = useState<{ of: string; items: Originals['items'] }>({ of: '', items: [] });
  const notBefore = useRef(new Map<string, number>()); // of a model
  const here = `${place.model} ${point}`;
  useEffect(() => {
    if (!still || !view) return;
    const left = new AbortController();
    let next = 0;
    const askIn = (ms: number) => {
      next = window.setTimeout(() => void ask(), ms);
    };
    const ask = async () => {
      try {
        const { items } = await originalsAt(place.model, pointOf(place), { view, signal: left.signal });
        if (!left.signal.aborted) setFound({ of: here, items });
      } catch (error) {
        if (left.signal.aborted || !(error instanceof Problem)) return;
        if (error.status === 429 || error.status === 503) askIn(BUSY_MS);
        if (error.status !== 409) return;
        notBefore.current.set(place.model, Date.now() + NOT_LOOKED_MS);
        askIn(NOT_LOOKED_MS);
      }
    };
    askIn(Math.max(REST_MS, (notBefore.current.get(place.model) ?? 0) - Date.now()));
    return () => (clearTimeout(next), left.abort());
  }, [here, still, view]);
  return still && found.of === here ? found.items : [];
}
