import { altOf, captionOf, type Originals } from '../../api/originals';
import { Picture, photoImage } from '../../parts/Picture';
import { capital } from '../../words';

const THUMBS = 6;
const FAR = 0.45; // below it, nothing has much to do with anything

interface AlsoProps {
  of: Originals;
  shown: readonly string[];
  swap: (photo: string) => void;
}

/** Other photographs that the picture resembles: a click puts one beside it. */
export function Also({ of, shown, swap }: AlsoProps) {
  const best = of.items[0];
  return (
    <section class="stack also">
      <h2>Also resembles</h2>
      {of.items.length > 1 && (
        <ul>
          {of.items.slice(0, THUMBS).map(({ photo, words }) => (
            <li key={photo.id}>
              <button type="button" aria-pressed={shown.includes(photo.id)} title={`${captionOf(photo)}, ${words}`} onClick={() => swap(photo.id)}>
                <Picture kind="photo" src={photoImage(photo.id)} shown={80} alt={`${altOf(photo)}, ${words}`} average={photo.average} blur={photo.blur} linked />
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="small">{best ? said(of) : ''}</p>
    </section>
  );
}

function said({ items }: Originals): string {
  const [best] = items;
  if (!best) return '';
  if (items.length === 1) return `There is no other photograph to compare it with; it is ${best.words} as a whole.`;
  if (best.likeness < FAR) return 'As a whole it is like none of your photographs; these come nearest.';
  return `${capital(best.words)} as a whole to ${captionOf(best.photo)}${best.mirrored ? ', mirrored' : ''}.`;
}
