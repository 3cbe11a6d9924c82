import { answer, GET, type Job, type Model } from '../../api/client';
import { useLoad } from '../../api/load';
import { Shown } from '../../parts/States';
import { count, licence, number } from '../../words';
import { Bringing } from './Bringing';
import './models.css';

const STATES: Record<Job['state'], string> = {
  queued: 'waiting',
  running: 'learning now',
  paused: 'paused',
  succeeded: 'learnt',
  failed: 'broken off',
  cancelled: 'cancelled',
};

/** Where learning can begin, and the moments that were kept. */
export default function Models() {
  const models = useLoad('models', async () => {
    const [bases, others, kept, trainings, archives] = await Promise.all([
      answer(GET('/models', { params: { query: { bundled: true, limit: 50 } } })),
      answer(GET('/models', { params: { query: { imported: true, limit: 200 } } })),
      answer(GET('/models', { params: { query: { kept: true, limit: 200 } } })),
      answer(GET('/jobs', { params: { query: { kind: 'train', limit: 50 } } })),
      answer(GET('/datasets', { params: { query: { limit: 200 } } })),
    ]);
    const names = new Map(archives.items.map((one) => [one.id, one.name]));
    return { bases: bases.items, brought: others.items, kept: kept.items.filter((one) => !one.bundled), trainings: trainings.items, names };
  });
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Models</h1>
      <Shown of={models} what="the models" part>
        {({ bases, brought, kept, trainings, names }) => (
          <div class="models">
            <Group title="Bases" says="What a network may know before it sees your photographs." models={bases} none="This Reverie came without a base; `make bases` trains them." />
            {brought.length > 0 && <Group title="Brought from elsewhere" says="Models of other programs. What they allow stands beside each." models={brought} none="" />}
            <Bringing changed={models.again} />
            <Group title="Kept moments" says="What you kept of your trainings. Learning can begin from each." models={kept} none="Nothing kept yet. Watch a training, and keep what moves you." />
            <section class="stack">
              <h2>Trainings</h2>
              {trainings.length === 0 && <p class="quiet-word">None yet. Bring photographs, and there is something to learn.</p>}
              <ul class="model-list">
                {trainings.map((job) => (
                  <li key={job.id}>
                    <a href={`#/trainings/${job.id}`}>
                      {job.preview ? <img src={`/artifacts/${job.preview.artifact_id}/image`} alt="" loading="lazy" /> : <span class="no-sheet" />}
                      <span>
                        {names.get(job.dataset_id ?? '') ?? 'An archive that is gone'}
                        <span class="caption">
                          {number(job.done)} of {count(job.total, 'step')}, {STATES[job.state]}
                        </span>
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          </div>
        )}
      </Shown>
    </div>
  );
}

function Group({ title, says, models, none }: { title: string; says: string; models: Model[]; none: string }) {
  return (
    <section class="stack">
      <h2>{title}</h2>
      <p class="small">{says}</p>
      {models.length === 0 && <p class="quiet-word">{none}</p>}
      <ul class="model-list">
        {models.map((model) => (
          <li key={model.id}>
            <a href={`#/models/${model.id}`}>
              {model.sheet ? <img src={`/models/${model.id}/sheet`} alt="" loading="lazy" /> : <span class="no-sheet" />}
              <span>
                {model.name}
                <span class="caption">
                  {model.resolution} px{model.step === null ? '' : `, step ${number(model.step)}`}. {licence(model)}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
