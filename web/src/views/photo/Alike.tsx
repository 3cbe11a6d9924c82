import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, type Alike as Found, type Photo } from '../../api/client';
import { choose } from '../../api/choices';
import { useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { Look, notLooked } from '../../parts/Look';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { capital, count, number } from '../../words';
import './alike.css';

const LEAST = 40; // hundredths; below it nothing has much to do with anything
const MOST = 95;
const FIRST = 60;

/** What is like a photograph; a slider says how alike, and all of it can be left out. */
export function Alike({ of, changed }: { of: Photo; changed: () => void }) {
  const [within, setWithin] = useState(FIRST);
  const asked = useRef(within);
  const alike = useLoad(of.id, () => answer(GET('/photos/{photo_id}/alike', { params: { path: { photo_id: of.id }, query: { within: asked.current / 100 } } })));
  useEffect(alike.again, [of.state]);
  const move = (to: number) => {
    setWithin(to);
    asked.current = to; // what is shown stays until the answer is there
    alike.again();
  };
  const after = () => (alike.again(), changed());
  const leaveOut = async ({ seen }: Found) => {
    await choose(of.dataset_id, { exclude: seen });
    after();
    tell('Left out', `${count(seen.length, 'photograph')} will not be looked at.`, () => void choose(of.dataset_id, { include: seen }).then(after, complain));
  };
  return (
    <section class="stack alike" aria-label="More like this">
      <h2>More like this</h2>
      {notLooked(alike.problem) ? (
        <Look dataset={of.dataset_id} why={alike.problem?.detail ?? ''} looked={alike.again} />
      ) : (
        <>
          <label class="strangeness">
            <span class="hidden">How alike</span>
            <input type="range" min={LEAST} max={MOST} value={within} aria-valuetext={alike.value?.words ?? ''} onInput={(event) => move(Number(event.currentTarget.value))} />
            <span class="caption">A little alike</span>
            <output class="small">{capital(alike.value?.words ?? '')}</output>
            <span class="caption">The same</span>
          </label>
          <Shown of={alike} what="what is like it" part>
            {(found) => (
              <>
                <Strip of={found} />
                <div class="spread">
                  <p class="small">{counted(found, of.id)}</p>
                  {found.seen.length > 0 && found.total > 0 && (
                    <Button does={() => leaveOut(found)} busy="Leaving out">
                      Leave everything like this out
                    </Button>
                  )}
                </div>
              </>
            )}
          </Shown>
        </>
      )}
    </section>
  );
}

function Strip({ of: { items } }: { of: Found }) {
  if (items.length === 0) return null;
  return (
    <ul class="prints">
      {items.map(({ photo, words }) => (
        <li key={photo.id} class={isIn(photo) ? undefined : 'out'}>
          <a href={`#/photos/${photo.id}`} title={`${capital(words)}: ${photo.name}`}>
            <Picture kind="photo" src={photoImage(photo.id)} shown={140} alt={`Photograph, ${photo.name}, ${words}`} average={photo.average} blur={photo.blur} linked />
          </a>
          {!isIn(photo) && <span class="caption">{photo.state === 'duplicate' ? 'A copy' : 'Left out'}</span>}
        </li>
      ))}
    </ul>
  );
}

const isIn = (photo: Photo) => photo.state === 'ready' || photo.state === 'repaired';

/** How many there are, and what leaving them out would do, said before it is done. */
function counted({ total, seen, items }: Found, itself: string): string {
  if (total === 0) return 'Nothing here is as alike as that. Move the slider to the left.';
  const more = total > items.length ? `, of which the first ${number(items.length)} are shown` : '';
  const are = `${count(total, 'photograph')} ${total === 1 ? 'is' : 'are'} as alike as that${more}.`;
  if (seen.length === 0) return `${are} Training looks at none of them.`;
  const among = seen.includes(itself) ? ', this one among them' : '';
  return `${are} To leave everything like this out leaves out ${number(seen.length)}${among}.`;
}
