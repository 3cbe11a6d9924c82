import { useEffect, useMemo, useState } from 'preact/hooks';
import { answer, GET, type SampleIds } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { everyPage, usePages } from '../../api/pages';
import { remember } from '../../api/walk';
import { useControlled, useKeys } from '../../keys';
import { useChoosing } from '../../parts/grid/choosing';
import { useSizes } from '../../parts/grid/sizes';
import { complain } from '../../parts/notices';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { count } from '../../words';
import { Chosen, compareAddress } from './Chosen';
import { Drawing } from './Drawing';
import './gallery.css';
import { asked, MOST_SIDES, queryOf, type SampleQuery } from './query';
import { Sentence } from './Sentence';
import { Tiles } from './Tiles';

/** Every picture that was drawn, by a sentence whose words are menus. */
export default function Gallery({ at }: { at: At }) {
  const names = useLoad('names', async () => {
    const [albums, tags] = await Promise.all([everyPage((query) => answer(GET('/albums', { params: { query } }))), everyPage((query) => answer(GET('/tags', { params: { query } })))]);
    return { albums, tags };
  });
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const [narrow, setNarrow] = useState(false);
  const address = at.query.toString();
  const pages = usePages(address, (where) => answer(GET('/samples', { params: { query: { ...queryOf(at.query), ...where } } })));
  const { value: samples, next } = pages;
  useEffect(() => remember(address, samples ?? [], next), [address, samples, next]);
  const job = at.query.get('job');
  useEvents(job, pages.again);
  const set = (changes: Record<string, string | null>) => go(withQuery(at, changes), { replace: true });
  const [turn, setTurn] = useState(0); // of changes, after which something chosen may not be in the list any more
  const seen = useMemo(() => (samples ?? []).filter((one) => !away.has(one.id)), [samples, away]);
  const choosing = useChoosing({ value: `${address} ${turn}`, at: (nth) => seen[nth], ids: () => idsOf(at.query) });
  const picked = [...choosing.chosen].filter((id) => !away.has(id));
  const known = seen.filter((one) => choosing.chosen.has(one.id));
  const sizes = useSizes();
  useKeys({ Escape: choosing.none, c: () => picked.length >= 2 && picked.length <= MOST_SIDES && go(compareAddress(picked)) });
  useControlled({ a: () => void choosing.all().catch(complain) });
  const whole = async () => {
    if (known.length === picked.length) return known;
    const among = new Set(picked);
    return (await everyPage((where) => answer(GET('/samples', { params: { query: { ...queryOf(at.query), ...where } } })))).filter(({ id }) => among.has(id));
  };
  const hide = (some: string[], gone: boolean) =>
    setAway((old) => {
      const next = new Set(old); // what was hidden meanwhile stays so
      for (const id of some) if (gone) next.add(id);
        else next.delete(id);
      return next;
    });
  const changed = () => (pages.again(), names.again(), setTurn(turn + 1));
  return (
    <div class="page stack">
      <div class="spread">
        <Sentence at={at} names={names.value ?? { albums: [], tags: [] }} narrow={narrow} set={set} />
        <div class="row tools">
          {samples && <p class="small">{next ? 'more below' : count(seen.length, 'picture')}</p>}
          {!(narrow || (at.query.get('tag') && at.query.get('time'))) && (
            <button type="button" class="word small" onClick={() => setNarrow(true)}>
              Narrow it down
            </button>
          )}
          {seen.length > 0 && (
            <a class="word small" href={`/samples/zip?${asked(at.query)}`} download>
              Save all
            </a>
          )}
          <Sizing {...sizes} />
        </div>
      </div>
      {job && <Drawing id={job} all={() => set({ job: null })} />}
      <Shown of={pages} what="the pictures" part>
        {(found) => (
          <>
            {found.length === 0 && !job && <Empty loosen={address ? () => go('#/gallery') : null} />}
            <Tiles samples={seen} query={address} more={next ? pages.more : null} choosing={choosing} sizes={sizes} />
          </>
        )}
      </Shown>
      {picked.length > 0 && <Chosen ids={picked} known={known} whole={whole} names={names.value ?? { albums: [], tags: [] }} hide={hide} changed={changed} close={choosing.none} />}
    </div>
  );
}

/** All that a sentence means, also what is not on the page yet. */
async function idsOf(words: URLSearchParams): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const query: SampleQuery & { cursor?: string } = { ...queryOf(words), ...(cursor ? { cursor } : {}) };
    const { ids, next_cursor }: SampleIds = await answer(GET('/samples/ids', { params: { query } }));
    found.push(...ids);
    cursor = next_cursor;
  } while (cursor);
  return found;
}

function Sizing({ smaller, larger }: ReturnType<typeof useSizes>) {
  return (
    <div class="sizing">
      <button type="button" class="bare" aria-label="Smaller pictures" disabled={!smaller} onClick={() => smaller?.()}>
        −
      </button>
      <button type="button" class="bare" aria-label="Larger pictures" disabled={!larger} onClick={() => larger?.()}>
        +
      </button>
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
