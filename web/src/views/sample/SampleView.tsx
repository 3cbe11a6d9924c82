import { useRef } from 'preact/hooks';
import { answer, GET, type Sample } from '../../api/client';
import { useLoad } from '../../api/load';
import { give } from '../../api/stars';
import { useKeys } from '../../keys';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { Picture, sampleImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go } from '../../routes';
import { day, licence } from '../../words';
import { queryOf } from '../gallery/query';
import './sample.css';

/** One invented picture, large; left and right go on in the list it was found in. */
export default function SampleView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const words = at.query.toString();
  const sample = useLoad(id, async () => {
    const found = await answer(GET('/samples/{sample_id}', { params: { path: { sample_id: id } } }));
    const model = await answer(GET('/models/{model_id}', { params: { path: { model_id: found.model_id } } })).catch(() => null);
    return { sample: found, model };
  });
  const list = useLoad(`list ${words}`, async () => (await answer(GET('/samples', { params: { query: { ...queryOf(at.query), limit: 200 } } }))).items.map((one) => one.id));
  const index = list.value?.indexOf(id) ?? -1;
  const to = (step: number) => {
    const next = index < 0 ? undefined : list.value?.[index + step];
    if (next) go(`#/samples/${next}${words ? `?${words}` : ''}`);
  };
  const figure = useRef<HTMLElement>(null);
  const full = () => figure.current?.requestFullscreen().catch(complain);
  const stars = (rating: number) => {
    const now = sample.value?.sample;
    if (now) give(now, now.rating === rating ? 0 : rating).then(sample.again, complain);
  };
  useKeys({
    ArrowLeft: () => to(-1),
    ArrowRight: () => to(1),
    Escape: () => !document.fullscreenElement && go(`#/gallery${words ? `?${words}` : ''}`),
    f: () => void full(),
    r: () => sample.value && copy(sample.value.sample),
    s: () => stars(sample.value?.sample.rating || 1),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((rating) => [String(rating), () => stars(rating)])),
  });
  return (
    <Shown of={sample} what="this picture">
      {({ sample: found, model }) => (
        <div class="page sample">
          <header class="spread">
            <div class="row">
              <a class="bare" href={`#/gallery${words ? `?${words}` : ''}`} aria-label="Back to the gallery">
                <Icon name="back" />
              </a>
              <h1 tabIndex={-1}>Found on {day(found.created_at)}</h1>
            </div>
            <div class="row">
              <Rating of={found} changed={sample.again} />
              <Button icon="full" does={() => void full()}>
                Full screen
              </Button>
              <a class="button primary" href={`/samples/${found.id}/image`} download={`reverie-${String(found.recipe['seed'])}.png`}>
                <Icon name="save" />
                <span>Save</span>
              </a>
            </div>
          </header>
          <figure ref={figure} class="invented-large">
            <Picture kind="invented" src={sampleImage(found.id)} shown={1024} alt={`Invented picture, seed ${String(found.recipe['seed'])}`} width={found.width} height={found.height} average={found.average} blur={found.blur} eager />
          </figure>
          <nav class="row turn" aria-label="In this list">
            <Button look="quiet" does={() => to(-1)} off={index <= 0 ? 'This is the first.' : undefined}>
              Before
            </Button>
            <Button look="quiet" does={() => to(1)} off={index >= (list.value?.length ?? 0) - 1 ? 'This is the last.' : undefined}>
              Next
            </Button>
          </nav>
          <section class="stack">
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
                seed {String(found.recipe['seed'])}, truncation {String(found.recipe['truncation_psi'])}
              </dd>
              {model && (
                <>
                  <dt>Licence</dt>
                  <dd>{licence(model.licence)}</dd>
                </>
              )}
            </dl>
            <button type="button" class="word" onClick={() => copy(found)}>
              Copy recipe
            </button>
          </section>
        </div>
      )}
    </Shown>
  );
}

function copy(sample: Sample): void {
  navigator.clipboard.writeText(JSON.stringify(sample.recipe)).then(() => tell('Copied', 'The recipe draws this very picture again.'), complain);
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
