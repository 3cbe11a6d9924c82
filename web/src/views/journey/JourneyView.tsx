import { answer, GET } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Shown } from '../../parts/States';
import type { At } from '../../routes';
import { Editor } from './Editor';
import { recipeIn } from './recipe';

/** One journey: where it goes, when, with what music; and the films that were made of it. */
export default function JourneyView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const journey = useLoad(`journey ${id}`, () => answer(GET('/journeys/{journey_id}', { params: { path: { journey_id: id } } })));
  useEvents('all', (type) => type === 'state' && journey.again());
  return (
    <Shown of={journey} what="this journey">
      {(value) => {
        const recipe = recipeIn(value.recipe);
        if (!recipe) return <p class="quiet-word">This journey was made by a later Reverie, and cannot be shown by this one.</p>;
        return <Editor key={value.id} journey={value} first={recipe} begin={Number(at.query.get('t')) || 0} again={journey.again} />;
      }}
    </Shown>
  );
}
