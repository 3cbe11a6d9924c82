import { Fragment } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { answer, DELETE, GET, type Model, PATCH, Problem } from '../../api/client';
import { useLoad } from '../../api/load';
import { Button, ButtonLink } from '../../parts/Button';
import { labelsOf } from '../../api/draw';
import { Draw } from '../../parts/Draw';
import { Licence } from '../../parts/Licence';
import { complain, tell } from '../../parts/notices';
import { squeezedTo } from '../../parts/Point';
import { Shown } from '../../parts/States';
import { Take } from '../../parts/Take';
import { Title } from '../../parts/Title';
import { type At, go } from '../../routes';
import { bytes, count, day, number, sentences } from '../../words';
import { type Place, placeIn, said } from '../explore/place';
import { Heirloom } from './Heirloom';
import './model.css';

/** One model: its sheet, where it comes from, its terms. */
export default function ModelView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const model = useLoad(id, async () => {
    const own = await answer(GET('/models/{model_id}', { params: { path: { model_id: id } } }));
    const parent = own.parent_id && (await answer(GET('/models/{model_id}', { params: { path: { model_id: own.parent_id } } })).catch(() => null));
    return { own, parent: parent || null };
  });
  return <Shown of={model} what="this model">{({ own, parent }) => <One model={own} parent={parent} around={at.query.has('at') ? placeIn(id, at.query) : null} changed={model.again} />}</Shown>;
}

interface OneProps {
  model: Model;
  parent: Model | null;
  around: Place | null; // where pictures are to be drawn from
  changed: () => void;
}

function One({ model, parent, around, changed }: OneProps) {
  const keep = async () => {
    await answer(PATCH('/models/{model_id}', { params: { path: { model_id: model.id } }, body: { kept: !model.kept } }));
    tell(model.kept ? 'No longer kept' : 'Kept', model.name);
    changed();
  };
  return (
    <div class="page model">
      <header class="spread">
        <div class="stack">
          {model.bundled ? (
            <h1 tabIndex={-1} class="in-bar">
              {model.name}
            </h1>
          ) : (
            <Title
              name={model.name}
              of="the model"
              rename={(name) => answer(PATCH('/models/{model_id}', { params: { path: { model_id: model.id } }, body: { name } })).then(changed)}
            />
          )}
          <div class="row small">
            <Licence of={model} /> {model.resolution} px{model.step === null ? '' : `, step ${number(model.step)}`}, {bytes(model.size_bytes)}
          </div>
        </div>
        <div class="row">
          {!model.bundled && <Button icon="keep" does={keep}>{model.kept ? 'Keep no longer' : 'Keep'}</Button>}
          <ButtonLink href={`#/models/compare?${parent ? `a=${parent.id}&b=${model.id}` : `a=${model.id}`}`}>Compare</ButtonLink>
          <ButtonLink href={`#/models/blend?a=${model.id}`}>Blend</ButtonLink>
          <ButtonLink href={`#/train?base=${model.id}`}>Learn on from here</ButtonLink>
          <ButtonLink look="primary" icon="explore" href={`#/explore/${model.id}`}>
            Explore this model
          </ButtonLink>
        </div>
      </header>
      <div class="model-body">
      {model.sheet && <img class="model-sheet" src={`/models/${model.id}/sheet`} alt={`Invented pictures of ${model.name}`} />}
      <aside>
      <Draw key={around && said(around.at)} model={model.id} labels={labelsOf(model)} title={around ? 'Draw pictures from around this place' : 'Draw pictures with it'} around={around} archive={model.dataset_id} />
      <dl class="facts">
        <dt>{model.step === null ? 'Here since' : 'Made'}</dt>
        <dd>{model.bundled ? 'It came with Reverie' : day(model.created_at)}</dd>
        {model.parent_id && (
          <>
            <dt>Learnt on from</dt>
            <dd>
              {parent ? (
                <a class="word" href={`#/models/${parent.id}`}>
                  {parent.name}
                </a>
              ) : (
                'a model that is gone'
              )}
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
        {squeezedTo(model) && (
          <>
            <dt>Pictures</dt>
            <dd>squeezed into squares to learn, shown as {squeezedTo(model)}</dd>
          </>
        )}
        <dt>Licence</dt>
        <dd>
          {sentences(model.licence === 'NOASSERTION' ? '' : model.licence, model.terms) || (model.step === null ? 'Nobody has said. Ask who published it.' : 'Yours.')}
        </dd>
        {measured(model).map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      <Take model={model} />
      <Heirloom model={model} />
      {!model.bundled && <Delete model={model} />}
      </aside>
      </div>
    </div>
  );
}

/** Deleting: what no other descends from goes at a word; else it is said first what stays and what ends. */
function Delete({ model }: { model: Model }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [why, setWhy] = useState<Problem>();
  const remove = async (sure: boolean) => {
    await answer(DELETE('/models/{model_id}', { params: { path: { model_id: model.id }, query: { sure } } }));
    dialog.current?.close();
    tell('Deleted', `${model.name} is gone.`);
    go('#/models');
  };
  const ask = () => {
    setWhy(undefined);
    dialog.current?.showModal();
  };
  const press = () =>
    remove(why !== undefined).catch((error: unknown) => {
      if (error instanceof Problem && error.fact('descendants') !== undefined) setWhy(error);
      else {
        dialog.current?.close();
        complain(error);
      }
    });
  return (
    <>
      <button type="button" class="word small" onClick={ask}>
        Delete this model
      </button>
      <dialog ref={dialog} class="sure" aria-labelledby="sure-title">
        <div class="stack">
          <h2 id="sure-title">{why ? `${count(Number(why.fact('descendants')), 'model')} learnt from ${model.name}` : `Delete ${model.name}?`}</h2>
          <p class="small">
            {why
              ? 'They stay whole. But nothing can learn on from this one, or be compared with it, once its weights are gone. That cannot be undone.'
              : 'Its weights go from this machine, and that cannot be undone.'}
          </p>
          <div class="row">
            <button type="button" class="button outline" autoFocus onClick={() => dialog.current?.close()}>
              Keep it
            </button>
            <button type="button" class="button quiet" onClick={press}>
              {why ? 'Delete it all the same' : 'Delete it'}
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}

function measured({ measures }: Model): [string, string][] {
  const names: [string, string][] = [['kernel', 'Distance to its archive'], ['kernel_to_base', 'Distance to its base'], ['variety', 'Variety']];
  return names.flatMap(([key, name]): [string, string][] => {
    const value = measures?.[key];
    return typeof value === 'number' ? [[name, value.toFixed(3)]] : [];
  });
}
