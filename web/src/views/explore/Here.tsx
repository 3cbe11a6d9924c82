import { useState } from 'preact/hooks';
import { named, type Place, pointOf, tileOf } from './place';
import { glassOf } from './plane';
import { useSettled } from './settled';
import { sizeFor } from '../../api/tile';

interface HereProps {
  place: Place;
  still: boolean; // whether it is what lies in the middle
  middle: { x: number; y: number };
  ratio: number;
  most: number; // pixels that there are
  view: string;
  away: boolean; // nobody draws now
}

/** The picture in the middle, larger than the others; while one moves, the plane draws what passes under it. */
export function Here({ place, still, middle, ratio, most, view, away }: HereProps) {
  const [came, setCame] = useState('');
  const { width, height } = glassOf({ width: place.z, height: place.z / ratio });
  const wanted = Math.max(width, height) * devicePixelRatio;
  const size = Math.min(sizeFor(wanted), most);
  const src = tileOf(place.model, pointOf(place), { size, view });
  const settled = useSettled(src) === src;
  return (
    <figure class="explore-here" style={{ inlineSize: `${width}px`, blockSize: `${height}px`, transform: `translate(${middle.x - width / 2}px, ${middle.y - height / 2}px)` }}>
      {view && still && settled && <img key={`${src} ${away}`} src={src} alt={`Invented picture, ${named(place)}`} decoding="async" class={came === src ? 'here' : ''} onLoad={() => setCame(src)} />}
      <figcaption>Here</figcaption>
    </figure>
  );
}
