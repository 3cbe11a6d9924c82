import { useEffect, useState } from 'preact/hooks';
import { answer, GET } from '../../../api/client';
import { Picture, photoImage, sampleImage } from '../../../parts/Picture';
import './card.css';
import { monthOf } from './colours';
import { type DatasetMap, idOf, invented, leftOut, NONE, type Points, sidesOf, UNKNOWN } from './points';

const REST_MS = 200; // that one looks at a picture before its words are fetched
const SHOWN = 176;

interface CardProps {
  map: DatasetMap;
  points: Points;
  at: number;
}

/** The picture that is looked at, with its words. */
export function Card({ map, points, at }: CardProps) {
  const id = idOf(points, at);
  const drawn = invented(points, at);
  const [told, setTold] = useState<{ id: string; words: string } | null>(null);
  useEffect(() => {
    let left = false;
    const later = setTimeout(() => void wordsOf(id, drawn).then((words) => left || setTold({ id, words }), () => undefined), REST_MS);
    return () => {
      left = true;
      clearTimeout(later);
    };
  }, [id]);
  const words = told?.id === id ? told.words : '';
  const facts = factsOf(map, points, at);
  const { width, height } = sidesOf(points, at, 100);
  return (
    <figure class="map-card" data-kind={drawn ? 'invented' : 'photo'}>
      <a href={addressOf(points, at)} aria-label={`Open ${named(map, points, at, words)}`}>
        <Picture key={id} kind={drawn ? 'invented' : 'photo'} src={(drawn ? sampleImage : photoImage)(id)} shown={SHOWN} alt="" width={width} height={height} square={false} linked eager />
      </a>
      <figcaption>
        {words && <span class={drawn ? 'small' : 'map-caption'}>{words}</span>}
        {facts && <span class="small">{facts}</span>}
      </figcaption>
    </figure>
  );
}

async function wordsOf(id: string, drawn: boolean): Promise<string> {
  if (!drawn) {
    const photo = await answer(GET('/photos/{photo_id}', { params: { path: { photo_id: id } } }));
    return photo.caption || photo.name;
  }
  const { recipe } = await answer(GET('/samples/{sample_id}', { params: { path: { sample_id: id } } }));
  return typeof recipe['seed'] === 'number' ? `Invented picture, seed ${recipe['seed']}` : 'Invented picture';
}

/** What the map itself tells of a picture. */
export function factsOf(map: DatasetMap, points: Points, at: number): string {
  const rated = points.originality[at]!;
  const facts = invented(points, at)
    ? [rated === UNKNOWN ? '' : `nearer to one photograph than ${rated} % of your photographs are to each other`]
    : [monthOf(map, points, at) ?? '', points.album[at] === NONE ? '' : (map.albums[points.album[at]!] ?? ''), leftOut(points, at) ? 'left out' : ''];
  return facts.filter(Boolean).join(' · ');
}

/** A picture as it is spoken of. */
export function named(map: DatasetMap, points: Points, at: number, words = ''): string {
  const facts = factsOf(map, points, at);
  return [words || (invented(points, at) ? 'Invented picture' : 'Photograph'), facts].filter(Boolean).join(', ');
}

export function addressOf(points: Points, at: number): string {
  return `#/${invented(points, at) ? 'samples' : 'photos'}/${idOf(points, at)}`;
}
