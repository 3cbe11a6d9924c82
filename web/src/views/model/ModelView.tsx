import { answer, GET, PATCH, type Model } from '../../api/client';
import { useLoad } from '../../api/load';
import { Button, ButtonLink } from '../../parts/Button';
import { Draw } from '../../parts/Draw';
import { tell } from '../../parts/notices';
import { Shown } from '../../parts/States';
import { Take } from '../../parts/Take';
import type { At } from '../../routes';
import { bytes, day, licence, number, sentences } from '../../words';
import './model.css';

/** One model: its sheet, where it comes from, its terms. */
export default function ModelView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const model = useLoad(id, () => answer(GET('/models/{model_id}', { params: { path: { model_id: id } } })));
  return <Shown of={model} what="this model">{(found) => <One model={found} changed={model.again} />}</Shown>;
}

function One({ model, changed }: { model: Model; changed: () => void }) {
  const keep = async () => {
    await answer(PATCH('/models/{model_id}', { params: { path: { model_id: model.id } }, body: { kept: !model.kept } }));
    tell(model.kept ? 'No longer kept' : 'Kept', model.name);
    changed();
  };
  return (
    <div class="page model">
      <header class="spread">
        <div class="stack">
          <h1 tabIndex={-1} class="in-bar">
            {model.name}
          </h1>
          <p class="row small">
            <span class="tag">{licence(model)}</span> {model.resolution} px{model.step === null ? '' : `, step ${number(model.step)}`}, {bytes(model.size_bytes)}
          </p>
        </div>
        <div class="row">
          {!model.bundled && <Button icon="keep" does={keep}>{model.kept ? 'Keep no longer' : 'Keep'}</Button>}
          <ButtonLink href={`#/train?base=${model.id}`}>Learn on from here</ButtonLink>
        </div>
      </header>
      <div class="model-body">
      {model.sheet && <img class="model-sheet" src={`/models/${model.id}/sheet`} alt={`Invented pictures of ${model.name}`} />}
      <aside>
      <Draw model={model.id} look="primary" title="Draw pictures with it" />
      <dl class="facts">
        <dt>{model.step === null ? 'Here since' : 'Made'}</dt>
        <dd>{model.bundled ? 'It came with Reverie' : day(model.created_at)}</dd>
        {model.parent_id && (
          <>
            <dt>Learnt on from</dt>
            <dd>
              <a class="word" href={`#/models/${model.parent_id}`}>
                its base
              </a>
            </dd>
          </>
        )}
        {model.job_id && model.step !== null && (
          <>
            <dt>Training</dt>
            <dd>
              <a class="word" href={`#/trainings/${model.job_id}?step=${model.step}`}>
                see it learn
              </a>
            </dd>
          </>
        )}
        <dt>Licence</dt>
        <dd>
          {sentences(model.licence === 'NOASSERTION' ? '' : model.licence, model.terms) || (model.step === null ? 'Nobody has said. Ask who published it.' : 'Yours.')}
        </dd>
      </dl>
      <Take model={model} />
      </aside>
      </div>
    </div>
  );
}
