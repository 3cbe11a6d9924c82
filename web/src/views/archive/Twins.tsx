import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, POST, type Choices, type Photo } from '../../api/client';
import { useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { count, number } from '../../words';
import './twins.css';

const WORDS = ['the very same', 'saved again', 'taken in a row', 'much alike', 'somewhat alike'];
const MOST = 12; // bits of 64

/** Photographs that look alike; a slider moves how alike counts as the same. */
export function Twins({ id, revision, changed }: { id: string; revision: number; changed: () => void }) {
  const [bits, setBits] = useState(6);
  const asked = useRef(bits);
  const twins = useLoad(id, () => answer(GET('/datasets/{dataset_id}/twins', { params: { path: { dataset_id: id }, query: { bits: asked.current } } })));
  useEffect(twins.again, [revision]);
  const move = (to: number) => {
    setBits(to);
    asked.current = to; // what is shown stays until the new groups are there
    twins.again();
  };
  const choose = async (body: Choices) => {
    await answer(POST('/datasets/{dataset_id}/choices', { params: { path: { dataset_id: id } }, body }));
    changed();
    twins.again();
  };
  const best = async (bits: number) => {
    const done = await answer(POST('/datasets/{dataset_id}/twins', { params: { path: { dataset_id: id } }, body: { bits } }));
    changed();
    twins.again();
    tell('Kept the best', `${count(done.include.length, 'photograph')} beside the best of each group will not be looked at.`, () => void choose({ include: done.include, exclude: done.exclude }).catch(complain));
  };
  return (
    <section class="stack" aria-label="Twins">
      <label class="strangeness">
        <span class="hidden">How alike counts as the same</span>
        <input type="range" min="0" max={MOST} value={bits} aria-valuetext={inWords(bits)} onInput={(event) => move(Number(event.currentTarget.value))} />
        <span class="caption">The same</span>
        <output class="small">{inWords(bits)}</output>
        <span class="caption">Alike</span>
      </label>
      <Shown of={twins} what="what looks alike" part>
        {(found) =>
          found.total === 0 ? (
            <p class="quiet-word">{bits < MOST ? 'Nothing here is as alike as that.' : 'No two photographs here look alike.'}</p>
          ) : (
            <>
              <div class="spread">
                <p>
                  {count(found.total, 'group')}
                  {found.spare > 0 ? `, with ${count(found.spare, 'photograph')} beside one of each` : ', of which one each is looked at'}
                  {found.better > 0 && `; a better one is left out of ${number(found.better)}`}
                </p>
                {found.spare + found.better > 0 && (
                  <Button does={() => best(found.bits)} busy="Leaving out">
                    Keep the best of each
                  </Button>
                )}
              </div>
              <ul class="twins">
                {found.groups.map((group) => (
                  <Group key={group.photos[0]?.id} {...group} choose={choose} />
                ))}
              </ul>
              {found.total > found.groups.length && <p class="caption">The first {number(found.groups.length)} groups are shown; keeping the best of each is for all.</p>}
            </>
          )
        }
      </Shown>
    </section>
  );
}

const isIn = (photo: Photo) => photo.state === 'ready' || photo.state === 'repaired';

function Group({ best, photos, choose }: { best: string; photos: Photo[]; choose: (choices: Choices) => Promise<void> }) {
  const only = (photo: Photo) =>
    choose({
      include: isIn(photo) ? [] : [photo.id],
      exclude: photos.filter((one) => one.id !== photo.id && isIn(one)).map(({ id }) => id),
    }).catch(complain);
  const alone = photos.filter(isIn).length === 1;
  return (
    <li>
      {photos.map((photo) => (
        <figure key={photo.id} class={isIn(photo) ? undefined : 'out'}>
          <a href={`#/photos/${photo.id}`}>
            <Picture kind="photo" src={photoImage(photo.id)} shown={180} square={false} alt={`Photograph, ${photo.name}`} width={photo.width} height={photo.height} average={photo.average} blur={photo.blur} linked />
          </a>
          <figcaption class="small">
            <span class="filename">{photo.name}</span>
            <span>
              {photo.width} × {photo.height}
              {photo.id === best && (
                <>
                  , <strong>the best</strong>
                </>
              )}
            </span>
            {isIn(photo) && alone ? (
              <span class="kept">Looked at</span>
            ) : (
              <button type="button" class="word" aria-label={`Keep only ${photo.name}`} onClick={() => void only(photo)}>
                Keep only this
              </button>
            )}
          </figcaption>
        </figure>
      ))}
    </li>
  );
}

function inWords(bits: number): string {
  return WORDS[Math.ceil((bits / MOST) * (WORDS.length - 1))] ?? '';
}
