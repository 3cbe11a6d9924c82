import { answer, GET, type Photo, type Sightings } from '../../api/client';
import { useLoad } from '../../api/load';

/** The ways to where models draw what looks most like this photograph: those that have seen it, and the bases. */
export function FindIn({ photo, seen }: { photo: Photo; seen: Sightings }) {
  const bases = useLoad('bases to find a photograph in', async () => (await answer(GET('/models', { params: { query: { bundled: true, limit: 10 } } }))).items);
  const learnt = seen.trainings.flatMap(({ last }) => (last ? [last] : []));
  const models = [...learnt, ...(bases.value ?? []).filter(({ id }) => !learnt.some((one) => one.id === id))];
  if (models.length === 0) return null;
  return (
    <section class="stack">
      <h2>Find it in a model</h2>
      <p class="small">What a model draws most like it, and how much of it the model knows.</p>
      <ul class="stack">
        {models.map(({ id, name }) => (
          <li key={id}>
            <a class="word" href={`#/explore/${id}?find=${photo.id}`}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
