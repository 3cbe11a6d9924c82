import { useEffect } from 'preact/hooks';
import { answer, GET } from '../../api/client';
import { useLoad } from '../../api/load';
import { Shown } from '../../parts/States';
import { go } from '../../routes';
import { LAST } from './wandering';

/** Where one was last, or else the newest of what there is to explore. */
export default function Begin() {
  const where = useLoad('begin to explore', async () => {
    const last = localStorage.getItem(LAST);
    const model = /^#\/explore\/([\w-]+)/.exec(last ?? '')?.[1];
    const there = model && (await answer(GET('/models/{model_id}', { params: { path: { model_id: model } } })).catch(() => null));
    if (last && there) return last;
    for (const query of [{ kept: true }, { bundled: true }, {}]) {
      const [first] = (await answer(GET('/models', { params: { query: { ...query, limit: 1 } } }))).items;
      if (first) return `#/explore/${first.id}`;
    }
    return null;
  });
  useEffect(() => {
    if (where.value) go(where.value, { replace: true });
  }, [where.value]);
  return (
    <Shown of={where} what="a model to explore">
      {(found) => (
        <div class="page stack">
          <h1 tabIndex={-1}>{found ? 'Explore' : 'There is no model yet.'}</h1>
          {!found && (
            <a class="word" href="#/models/bring">
              Bring a model
            </a>
          )}
        </div>
      )}
    </Shown>
  );
}
