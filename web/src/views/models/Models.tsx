import { answer, GET, type ModelNode } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { ButtonLink } from '../../parts/Button';
import { Four } from '../../parts/Four';
import { Shown } from '../../parts/States';
import { count, day, licence, number } from '../../words';
import '../../parts/licence.css';
import './models.css';
import { type Branch, type Training, treeOf } from './tree';

/** All models as a tree: from bases, at the left, to what grew from them. */
export default function Models() {
  const models = useLoad('models', async () => (await answer(GET('/models/tree'))));
  useEvents('all', (type) => (type === 'model' || type === 'state') && models.again());
  return (
    <div class="page stack">
      <header class="spread">
        <h1 tabIndex={-1}>Models</h1>
        <div class="row">
          <ButtonLink href="#/models/compare">Compare two</ButtonLink>
          <ButtonLink look="primary" icon="bring" href="#/models/bring">
            Bring a model
          </ButtonLink>
        </div>
      </header>
      <Shown of={models} what="the models" part>
        {(nodes) => <Grown nodes={nodes} />}
      </Shown>
    </div>
  );
}

function Grown({ nodes }: { nodes: ModelNode[] }) {
  const { bases, brought, orphans } = treeOf(nodes);
  const learnt = nodes.some(({ step }) => step !== null);
  return (
    <div class="models">
      <Roots title="Bases" says="What a network knows before it sees your photographs." branches={bases} none="This Reverie came without bases; `make bases` trains them." />
      {brought.length > 0 && <Roots title="Brought from elsewhere" says="What each allows stands beside it, and holds for whatever learns from it." branches={brought} />}
      {orphans.length > 0 && (
        <section class="stack">
          <h2>From models that are gone</h2>
          <ul class="tree">{orphans.map(trainingOf)}</ul>
        </section>
      )}
      {!learnt && (
        <p class="quiet-word">
          Nothing has been learnt yet. <a class="word" href="#/archives">Choose an archive</a>, and what a base learns from it grows from here.
        </p>
      )}
    </div>
  );
}

function Roots({ title, says, branches, none }: { title: string; says: string; branches: Branch[]; none?: string }) {
  return (
    <section class="stack">
      <h2>{title}</h2>
      <p class="small">{says}</p>
      {branches.length === 0 && <p class="quiet-word">{none}</p>}
      <ul class="tree">{branches.map(branchOf)}</ul>
    </section>
  );
}

function branchOf(branch: Branch) {
  return (
    <li key={branch.model.id} class="branch">
      <Node model={branch.model} />
      {branch.trainings.length > 0 && <ul>{branch.trainings.map(trainingOf)}</ul>}
    </li>
  );
}

function trainingOf({ job, moments }: Training) {
  const last = moments.at(-1)?.model;
  if (!last) return null;
  return (
    <li key={job} class="training">
      <p class="small">
        <a class="word" href={`#/trainings/${job}`}>
          {last.dataset_name ?? 'An archive that is gone'}
        </a>
        , {day(last.created_at)}
      </p>
      <ul class="moments">{moments.map(branchOf)}</ul>
    </li>
  );
}

function Node({ model }: { model: ModelNode }) {
  return (
    <a class="node" href={`#/models/${model.id}`}>
      <Four model={model} />
      <span>
        <span class="node-name">{model.name}</span>
        <span class="caption">{facts(model)}</span>
        <span class="caption tag">{licence(model)}</span>
      </span>
    </a>
  );
}

function facts({ step, kept, resolution, children, photos_seen }: ModelNode): string {
  if (step === null) return `${resolution} px${children > 0 ? `, ${count(children, 'moment')} grew from it` : ''}`;
  return [kept ? 'kept' : `step ${number(step)}`, photos_seen ? `looked at ${count(photos_seen, 'photograph')}` : ''].filter(Boolean).join(', ');
}
