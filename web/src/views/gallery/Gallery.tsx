import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { everyPage } from '../../api/pages';
import type { Range } from '../../api/rows';
import { remember } from '../../api/walk';
import { useControlled, useKeys } from '../../keys';
import { useChoosing } from '../../parts/grid/choosing';
import type { Steering } from '../../parts/grid/Grid';
import { arrived, leave, placeIn } from '../../parts/grid/place';
import { useSizes } from '../../parts/grid/sizes';
import { complain } from '../../parts/notices';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { count } from '../../words';
import { Chosen, compareAddress } from './Chosen';
import { Drawing } from './Drawing';
import './gallery.css';
import { knownOf, seenOf, useSamples } from './list';
import { asked, MOST_SIDES } from './query';
import { Sentence } from './Sentence';
import { Tiles } from './Tiles';

const HERE = 'gallery';

/** Every picture that was drawn, by a sentence whose words are menus. */
export default function Gallery({ at }: { at: At }) {
  const names = useLoad('names', async () => {
    const [albums, tags] = await Promise.all([everyPage((query) => answer(GET('/albums', { params: { query } }))), everyPage((query) => answer(GET('/tags', { params: { query } })))]);
    return { albums, tags };
  });
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const [narrow, setNarrow] = useState(false);
  const address = at.query.toString();
  const samples = useSamples(at.query);
  const afar = samples.value;
  useEffect(() => (afar && !samples.old && !samples.partial ? remember(address, afar, samples.pages) : undefined), [address, afar]);
  const job = at.query.get('job');
  useEvents(job, samples.again);
  const set = (changes: Record<string, string | null>) => go(withQuery(at, changes), { replace: true });
  const seen = seenOf(samples, away);
  const ids = async (range?: Range) => (await samples.ids(range && [seen.index(range[0]), seen.index(range[1])])).filter((id) => !away.has(id));
  const choosing = useChoosing({ value: afar, at: seen.at, ids });
  const picked = [...choosing.chosen].filter((id) => !away.has(id));
  const known = knownOf(samples, new Set(picked));
  const whole = async () => (known.length === picked.length ? known : samples.find(new Set(picked)));
  useEffect(choosing.none, [address]);
  const steering = useRef<Steering>(null);
  const place = useRef(placeIn(HERE, address));
  const sizes = useSizes(place.current?.step);
  useEffect(() => {
    if (!place.current || !afar || samples.partial) return;
    steering.current?.restore(Math.min(place.current.index, seen.total - 1), place.current.scroll);
    place.current = null;
    arrived();
  }, [afar]);
  useKeys({ Escape: choosing.none, c: () => picked.length >= 2 && picked.length <= MOST_SIDES && go(compareAddress(picked)) });
  useControlled({ a: () => void choosing.all().catch(complain) });
  const hide = (some: string[], gone: boolean) =>
    setAway((old) => {
      const next = new Set(old); // what was hidden meanwhile stays so
      for (const id of some) if (gone) next.add(id);
        else next.delete(id);
      return next;
    });
  const archive = at.query.get('dataset') ?? seen.at(0)?.dataset_id;
  const changed = () => (samples.again(), names.again());
  return (
    <div class="page stack">
      <div class="spread">
        <Sentence at={at} names={names.value ?? { albums: [], tags: [] }} narrow={narrow} set={set} />
        <div class="row tools">
          {afar && !samples.partial && <p class="small">{count(seen.total, 'picture')}</p>}
          {!(narrow || (at.query.get('tag') && at.query.get('time'))) && (
            <button type="button" class="word small" onClick={() => setNarrow(true)}>
              Narrow it down
            </button>
          )}
          {seen.total > 0 && (
            <a class="word small" href={`/samples/zip?${asked(at.query)}`} download>
              Save all
            </a>
          )}
          {archive && (
            <a class="word small" href={`#/archives/${archive}/map`}>
              On the map
            </a>
          )}
          <Sizing {...sizes} />
        </div>
      </div>
      {job && <Drawing id={job} all={() => set({ job: null })} />}
      <Shown of={samples} what="the pictures" part>
        {() => (
          <>
            {seen.total === 0 && !job && <Empty loosen={address ? () => go('#/gallery') : null} />}
            <Tiles
              seen={seen}
              query={address}
              partial={samples.partial}
              old={samples.old}
              want={samples.want}
              choosing={choosing}
              sizes={sizes}
              steering={steering}
              leave={(index) => leave({ list: HERE, words: address, index, scroll: scrollY, step: sizes.step })}
            />
          </>
        )}
      </Shown>
      {picked.length > 0 && <Chosen ids={picked} known={known} whole={whole} names={names.value ?? { albums: [], tags: [] }} hide={hide} changed={changed} close={choosing.none} />}
    </div>
  );
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
