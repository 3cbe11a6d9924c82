import { useRef, useState } from 'preact/hooks';
import type { Photo } from '../../api/client';
import { alikeSaid, type Life, nearerSaid, pinAt, pointIn } from '../../api/echoes';
import { altOf } from '../../api/originals';
import { mirrored } from '../../keys';
import { Button } from '../../parts/Button';
import { Picture, photoImage } from '../../parts/Picture';
import { Seek } from '../../parts/Seek';
import { Tile } from '../../parts/Tile';
import { capital, count, moment as when, number, sentences } from '../../words';
import { addressOf, placeAt } from '../explore/place';

const LARGE = 420;
const FRAME = 96;

/** One training: the photograph beside what comes nearest to it at the moment in view, and all its moments. */
export function LifeIn({ photo, life, again }: { photo: Photo; life: Life; again: () => void }) {
  const [chosen, choose] = useState<number | null>(null);
  const [pinned, setPinned] = useState<{ step: number; id: string } | null>(null);
  const now = life.moments.find(({ step }) => step === chosen) ?? life.best;
  const best = now.step === life.best.step;
  const point = pointIn(now);
  const pin = async () => setPinned({ step: now.step, id: (await pinAt(now.model_id, point)).id });
  return (
    <article class="life" aria-label={life.name}>
      <div class="beside">
        <Picture kind="photo" src={photoImage(photo.id)} shown={LARGE} alt={altOf(photo)} average={photo.average} blur={photo.blur} eager linked />
        <Tile model={now.model_id} point={point} shown={LARGE} alt={`Invented picture at step ${number(now.step)}`} />
      </div>
      <div class="stack told-of-it">
        <h3>
          <a href={`#/trainings/${life.training_id}`}>{life.name}</a> <span>begun {when(life.began_at)}</span>
        </h3>
        <p class="says" aria-live="polite">
          {said(life, best ? null : now.step)}
        </p>
        <p class="small">{best ? because(life) : 'This came closest to it at that moment.'}</p>
        <div class="row">
          <a class="button outline" href={addressOf(placeAt(now.model_id, point))}>
            Wander from here
          </a>
          {pinned?.step === now.step ? (
            <a class="word" href={`#/samples/${pinned.id}`}>
              Pinned: look at it
            </a>
          ) : (
            <Button look="quiet" icon="pin" does={pin} busy="Pinning">
              Pin
            </Button>
          )}
        </div>
        <p>
          <a class="word small" href={`#/trainings/${life.training_id}/echoes${life.remembered ? '' : '?of=forgotten'}`}>
            {life.remembered ? 'All that this training remembers' : 'All that this training never remembers'}
          </a>
        </p>
      </div>
      {life.missing.moments > 0 && <Seek training={life.training_id} before={life.job} why={`${count(life.missing.moments, 'moment is', 'moments are')} not looked at yet.`} word={life.missing.moments === 1 ? 'Look at it as well' : 'Look at them as well'} added found={again} />}
      {life.moments.length > 1 && <Strip life={life} at={now.step} choose={choose} />}
    </article>
  );
}

function said(life: Life, other: number | null): string {
  if (other !== null) return `At step ${number(other)}.`;
  return life.remembered ? `${capital(alikeSaid(life, life.best.step))}.` : 'It is never remembered.';
}

function because({ remembered, percentile, pictures, pictures_drawn: drawn, best }: Life): string {
  if (!remembered) return sentences(`Whatever was drawn comes nearest to another photograph; this came closest to it, at step ${number(best.step)}`);
  return sentences(nearerSaid(percentile), pictures > 0 ? `${number(pictures)} of ${count(drawn, 'picture')} of that moment ${pictures === 1 ? 'comes' : 'come'} nearest to it` : '');
}

/** What came closest at each moment; arrows, Home and End move along it. A bar below says how alike it is. */
function Strip({ life: { moments, name }, at, choose }: { life: Life; at: number; choose: (step: number) => void }) {
  const strip = useRef<HTMLOListElement>(null);
  const index = moments.findIndex(({ step }) => step === at);
  const keys = (event: KeyboardEvent) => {
    const on = mirrored(strip.current ?? undefined) ? -1 : 1;
    const to = { ArrowLeft: index - on, ArrowRight: index + on, Home: 0, End: moments.length - 1 }[event.key];
    const moment = to === undefined ? undefined : moments[to];
    if (!moment) return;
    event.preventDefault();
    choose(moment.step);
    strip.current?.querySelectorAll('button')[to!]?.focus();
  };
  return (
    <ol ref={strip} class="filmstrip" aria-label={`Moments of ${name}`} style={{ '--ratio': 1 }} onKeyDown={keys}>
      {moments.map((moment) => (
        <li key={moment.step}>
          <button type="button" aria-pressed={moment.step === at} tabIndex={moment.step === at ? 0 : -1} aria-label={`Step ${number(moment.step)}, ${Math.round(100 * moment.likeness)} in 100 alike`} onClick={() => choose(moment.step)}>
            <Tile model={moment.model_id} point={pointIn(moment)} shown={FRAME} alt="" urgent={false} linked />
          </button>
          <span class="caption">{number(moment.step)}</span>
          <span class="lean" style={{ '--lean': Math.max(0, moment.likeness) }} />
        </li>
      ))}
    </ol>
  );
}
