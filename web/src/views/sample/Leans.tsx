import type { Photo } from '../../api/client';
import { captionOf } from '../../api/originals';
import { Picture, photoImage } from '../../parts/Picture';
import { count } from '../../words';
import { boxOf, type Leaning, MOST_LEANINGS, type Parts } from './parts';

const LETTERS = 'ABCDE';

/** Over the picture: a letter and a quiet colour for the photograph that each part leans on. */
export function LeanMap({ parts, leanings }: { parts: Parts; leanings: Leaning[] }) {
  return (
    <div class="lean-map" aria-hidden="true">
      {leanings.flatMap(({ cells }, nth) =>
        cells.map((cell) => {
          const [left, top, right, bottom] = boxOf(cell, parts);
          const place = { insetBlockStart: `${top * 100}%`, left: `${left * 100}%`, inlineSize: `${(right - left) * 100}%`, blockSize: `${(bottom - top) * 100}%` };
          return (
            <span key={`${cell.column},${cell.row}`} class={nth < MOST_LEANINGS ? `lean lean-${nth + 1}` : 'lean'} style={place}>
              <b>{letter(nth)}</b>
            </span>
          );
        }),
      )}
    </div>
  );
}

/** What the letters stand for. */
export function LeanList({ leanings, photos, of }: { leanings: Leaning[]; photos: Map<string, Photo>; of: number }) {
  const named = leanings.slice(0, MOST_LEANINGS);
  const others = leanings.slice(MOST_LEANINGS);
  return (
    <ol class="lean-list" aria-label="Where it leans">
      {named.map(({ photo: id, cells }, nth) => {
        const photo = photos.get(id);
        return (
          <li key={id} class={`lean-${nth + 1}`}>
            <b>{letter(nth)}</b>
            {photo && (
              <a href={`#/photos/${id}`}>
                <Picture kind="photo" src={photoImage(id)} shown={44} alt="" average={photo.average} blur={photo.blur} linked />
                <span>{captionOf(photo)}</span>
              </a>
            )}
            <span class="caption">
              {cells.length} of {count(of, 'part')}
            </span>
          </li>
        );
      })}
      {others.length > 0 && (
        <li>
          <b>{letter(MOST_LEANINGS)}</b>
          <span>{count(others.length, 'other photograph')}</span>
          <span class="caption">
            {others.reduce((sum, { cells }) => sum + cells.length, 0)} of {count(of, 'part')}
          </span>
        </li>
      )}
    </ol>
  );
}

const letter = (nth: number): string => LETTERS[nth] ?? '·';
