import { useRef } from 'preact/hooks';
import { answer, GET, type Sample } from '../../api/client';
import { useLoad } from '../../api/load';
import { type Beside, beside } from '../../api/walk';
import { give } from '../../api/stars';
import { useKeys } from '../../keys';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { Picture, sampleImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go } from '../../routes';
import { day, licence } from '../../words';
import './sample.css';

/** One invented picture, large; left and right go on in the list it was found in. */
export default function SampleView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const words = at.query.toString();
  const sample = useLoad(id, async () => {
    const found = await answer(GET('/samples/{sample_id}', { params: { path: { sample_id: id } } }));
    const model = await answer(GET('/models/{model_id}', { params: { path: { model_id: found.model_id } } })).catch(() => null);
    return { sample: found, model, seed: String(found.recipe['seed']) };
  });
  const list = useLoad(`${id} in ${words}`, () => beside(words, id));
  const to = (next: string | null | undefined) => {
    if (next) go(`#/samples/${next}${words ? `?${words}` : ''}`);
  };
  const figure = useRef<HTMLElement>(null);
  const full = () => figure.current?.requestFullscreen().catch(complain);
  const stars = (rating: number) => {
    const now = sample.value?.sample;
    if (now) give(now, now.rating === rating ? 0 : rating).then(sample.again, complain);
  };
  useKeys({
    ArrowLeft: () => to(list.value?.before),
    ArrowRight: () => to(list.value?.after),
    Escape: () => !document.fullscreenElement && go(`#/gallery${words ? `?${words}` : ''}`),
    f: () => void full(),
    r: () => sample.value && copy(sample.value.sample),
    s: () => stars(sample.value?.sample.rating || 1),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((rating) => [String(rating), () => stars(rating)])),
  });
  return (
    <Shown of={sample} what="this picture">
      {({ sample: found, model, seed }) => (
        <div class="page sample">
          <header class="spread">
            <div class="row">
              <a class="bare up" href={`#/gallery${words ? `?${words}` : ''}`} aria-label="Back to the gallery">
                <Icon name="back" />
              </a>
              <h1 tabIndex={-1} class="in-bar" data-title={`Found on ${day(found.created_at)}`}>
                Found on {day(found.created_at)} <span>seed {seed}</span>
              </h1>
            </div>
          </header>
          <figure ref={figure} class="invented-large" style={{ '--ratio': found.width / found.height }}>
            <Picture kind="invented" src={sampleImage(found.id)} shown={1024} alt={`Invented picture, seed ${seed}`} width={found.width} height={found.height} average={found.average} blur={found.blur} square={false} eager />
          </figure>
          <div class="spread under">
            <Rating of={found} changed={sample.again} />
            <div class="row">
              <Button icon="full" does={() => void full()}>
                Full screen
              </Button>
              <a class="button primary" href={`/samples/${found.id}/image`} download={`reverie-${seed}.png`}>
                <Icon name="save" />
                <span>Save</span>
              </a>
            </div>
          </div>
          <nav class="turn" aria-label="In this list">
            <Button look="quiet" does={() => to(list.value?.before)} off={why(list.value, 'before')}>
              Before
            </Button>
            <Button look="quiet" does={() => to(list.value?.after)} off={why(list.value, 'after')}>
              Next
            </Button>
          </nav>
          <section class="stack made">
            <h2>How it was made</h2>
            <dl class="facts">
              <dt>Model</dt>
              <dd>
                <a class="word" href={`#/models/${found.model_id}`}>
                  {model?.name ?? 'a model that is gone'}
                </a>
              </dd>
              <dt>Place</dt>
              <dd>
                seed {seed}, truncation {String(found.recipe['truncation_psi'])}
              </dd>
              {model && (
                <>
                  <dt>Licence</dt>
                  <dd>{licence(model)}</dd>
                </>
              )}
            </dl>
            {'clipboard' in navigator ? (
              <button type="button" class="word" onClick={() => copy(found)}>
                Copy recipe
              </button>
            ) : (
              <label class="stack small">
                Recipe
                <textarea class="recipe" readOnly rows={4} value={JSON.stringify(found.recipe)} onFocus={(event) => event.currentTarget.select()} />
              </label>
            )}
          </section>
        </div>
      )}
    </Shown>
  );
}

function why(list: Beside | undefined, side: 'before' | 'after'): string | undefined {
  if (!list) return 'One moment';
  if (list[side]) return undefined;
  if (!list.found) return 'It is not in this list.';
  return side === 'before' ? 'This is the first.' : 'This is the last.';
}

/** A page over plain http has no clipboard: there, the recipe stands in the view as text. */
function copy(sample: Sample): void {
  if (!('clipboard' in navigator)) document.querySelector<HTMLElement>('.recipe')?.focus();
  else navigator.clipboard.writeText(JSON.stringify(sample.recipe)).then(() => tell('Copied', 'The recipe draws this very picture again.'), complain);
}

function Rating({ of, changed }: { of: Sample; changed: () => void }) {
  return (
    <div class="row" role="group" aria-label="What you think of it">
      {[1, 2, 3, 4, 5].map((stars) => (
        <button key={stars} type="button" class="bare star-button" aria-pressed={of.rating >= stars} aria-label={`${stars} of 5`} onClick={() => give(of, of.rating === stars ? 0 : stars).then(changed, complain)}>
          <Icon name="star" filled={of.rating >= stars} />
        </button>
      ))}
    </div>
  );
}
