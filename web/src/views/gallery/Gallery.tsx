import { useEffect, useMemo, useState } from 'preact/hooks';
import { answer, GET, type Sample } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { usePages } from '../../api/pages';
import { remember } from '../../api/walk';
import { useKeys } from '../../keys';
import { useChoosing } from '../../parts/grid/choosing';
import { Menu } from '../../parts/Menu';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { count } from '../../words';
import { Chosen } from './Chosen';
import { Drawing } from './Drawing';
import './gallery.css';
import { queryOf } from './query';
import { Tiles } from './Tiles';

/** Every picture that was drawn, by a sentence whose words are menus. */
export default function Gallery({ at }: { at: At }) {
  const archives = useLoad('archives', () => answer(GET('/datasets', { params: { query: { limit: 200 } } })));
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const address = at.query.toString();
  const pages = usePages(address, (where) => answer(GET('/samples', { params: { query: { ...queryOf(at.query), ...where } } })));
  const { value: samples, next } = pages;
  useEffect(() => remember(address, samples ?? [], next), [address, samples, next]);
  const job = at.query.get('job');
  useEvents(job, pages.again);
  const set = (changes: Record<string, string | null>) => go(withQuery(at, changes), { replace: true });
  const seen = useMemo(() => (samples ?? []).filter((one) => !away.has(one.id)), [samples, away]);
  const choosing = useChoosing({ value: seen, at: (nth) => seen[nth], ids: async () => seen.map((one) => one.id) });
  useKeys({ Escape: choosing.none });
  const picked = seen.filter((one) => choosing.chosen.has(one.id));
  const hide = (some: Sample[], gone: boolean) =>
    setAway((old) => {
      const next = new Set(old); // what was hidden meanwhile stays so
      for (const { id } of some) if (gone) next.add(id);
        else next.delete(id);
      return next;
    });
  const value = (name: string) => at.query.get(name) ?? '';
  return (
    <div class="page stack">
      <div class="spread">
        <h1 tabIndex={-1} class="sentence" data-title="Gallery">
          Showing{' '}
          <Menu label="What" value={value('favourite')} choose={(v) => set({ favourite: v })} options={[['', 'everything'], ['true', 'favourites']]} /> from{' '}
          <span class="together">
            <Menu label="Archive" value={value('dataset')} choose={(v) => set({ dataset: v })} options={[['', 'all archives'], ...(archives.value?.items ?? []).map((one): [string, string] => [one.id, one.name])]} />,
          </span>{' '}
          <Menu label="Order" value={value('order')} choose={(v) => set({ order: v })} options={[['', 'newest'], ['best', 'best rated'], ['oldest', 'oldest']]} /> first
        </h1>
        {samples && <p class="small">{next ? 'more below' : count(seen.length, 'picture')}</p>}
      </div>
      {job && <Drawing id={job} all={() => set({ job: null })} />}
      <Shown of={pages} what="the pictures" part>
        {(found) => (
          <>
            {found.length === 0 && !job && <Empty loosen={address ? () => go('#/gallery') : null} />}
            <Tiles samples={seen} query={address} more={next ? pages.more : null} choosing={choosing} />
          </>
        )}
      </Shown>
      {picked.length > 0 && <Chosen samples={picked} hide={hide} changed={pages.again} close={choosing.none} />}
    </div>
  );
}

function Empty({ loosen }: { loosen: (() => void) | null }) {
  if (!loosen) return <p class="quiet-word">Nothing drawn yet. Watch a training, and draw pictures from the moments that move you.</p>;
  return (
    <p class="quiet-word">
      Nothing fits this sentence.{' '}
      <button type="button" class="word" onClick={loosen}>
        Show everything
      </button>
    </p>
  );
}
