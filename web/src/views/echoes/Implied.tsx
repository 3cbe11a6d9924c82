import { useRef, useState } from 'preact/hooks';
import { type Echoes, echoesOf, type Implied as One, isEcho, pinAt, pointIn } from '../../api/echoes';
import { useLoad } from '../../api/load';
import { altOf, captionOf } from '../../api/originals';
import { useKeys } from '../../keys';
import { Button } from '../../parts/Button';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { Tile } from '../../parts/Tile';
import { count, number } from '../../words';
import { addressOf, named, placeAt } from '../explore/place';

const MOST = 24;
const SHOWN = 320;

/** Pictures of regions that the network fills although no photograph lies there. */
export function Implied({ id, found }: { id: string; found: Echoes }) {
  const implied = useLoad(`${id} implied ${found.made_at}`, async () => [...(await echoesOf(id, 'implied', { limit: MOST })).items].filter((one): one is One => !isEcho(one)));
  if (found.implied === 0) return <p class="quiet-word">Wherever it often draws, a photograph of yours lies near. More pictures, or longer learning, may find a place without one.</p>;
  return (
    <Shown of={implied} what="these pictures" part>
      {(items) => (
        <section class="stack" aria-label="Implied but never taken">
          <p class="small meaning">Pictures that your archive implies but never took: it draws many like them, though none of your photographs lies there.</p>
          <ul class="implied">
            {items.map((one) => (
              <li key={JSON.stringify(one.point)}>
                <Card of={one} pictures={found.pictures} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Shown>
  );
}

function Card({ of, pictures }: { of: One; pictures: number }) {
  const [pinned, setPinned] = useState<string | null>(null);
  const card = useRef<HTMLElement>(null);
  const point = pointIn(of);
  const place = placeAt(of.model_id, point);
  const pin = async () => {
    if (pinned) return;
    setPinned((await pinAt(of.model_id, point)).id);
    tell('Pinned', 'It is in the gallery, too.');
  };
  useKeys({ p: () => card.current?.contains(document.activeElement) && void pin().catch(complain) });
  const said = `Invented picture, ${named(place)} at step ${number(of.step)}`;
  return (
    <article ref={card} class="implied-card" aria-label={said}>
      <a href={addressOf(place)} class="implied-picture">
        <Tile model={of.model_id} point={point} shown={SHOWN} alt={said} linked />
      </a>
      <div class="implied-near">
        <ul aria-label="The two nearest photographs">
          {of.nearest.map((photo) => (
            <li key={photo.id}>
              <a href={`#/photos/${photo.id}`} title={captionOf(photo)}>
                <Picture kind="photo" src={photoImage(photo.id)} shown={52} alt={altOf(photo)} average={photo.average} blur={photo.blur} linked />
              </a>
            </li>
          ))}
        </ul>
        <p class="caption">
          {of.nearest.length === 1 ? 'The nearest photograph.' : 'The nearest photographs.'}
          <br />
          {number(of.company)} of {count(pictures, 'picture')} {of.company === 1 ? 'lies' : 'lie'} close by.
        </p>
      </div>
      <div class="row ways">
        <a class="word" href={addressOf(place)}>
          Wander from here
        </a>
        {pinned ? (
          <a class="word" href={`#/samples/${pinned}`}>
            Pinned: look at it
          </a>
        ) : (
          <Button look="quiet" icon="pin" does={pin} busy="Pinning">
            Pin
          </Button>
        )}
      </div>
    </article>
  );
}
