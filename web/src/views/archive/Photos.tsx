import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { answer, GET, type Photo, type PhotoIndex } from '../../api/client';
import { useLoad } from '../../api/load';
import { useRows } from '../../api/rows';
import { useControlled, useKeys } from '../../keys';
import { useChoosing } from '../../parts/grid/choosing';
import { Grid, type Steering } from '../../parts/grid/Grid';
import type { Section } from '../../parts/grid/layout';
import { arrived, leave, placeIn } from '../../parts/grid/place';
import { useSizes } from '../../parts/grid/sizes';
import { monthInWords, TimeRail } from '../../parts/grid/TimeRail';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { count, day } from '../../words';
import { useDeciding } from './choosing';
import { Split } from './Gather';
import './photos.css';
import { indexOf, PAGE, pageOf } from './first';
import { isIn, KINDS, loosened, ORDERS, queryOf, WHICH } from './query';
import { Selection } from './Selection';

const UNDATED = 'Without a date';
const CAME = 'As they came in';

interface PhotosProps {
  at: At;
  id: string;
  revision: string;
  changed: () => void;
}

/** All photographs of an archive, by a sentence whose words are menus; what training looks at is chosen here. */
export function Photos({ at, id, revision, changed }: PhotosProps) {
  const words = at.query.toString();
  const rows = useRows<Photo, PhotoIndex>(`${id} ${words}`, sourceOf(id, at.query));
  const first = useRef(revision);
  useEffect(() => {
    if (first.current !== revision) rows.again();
    first.current = revision;
  }, [revision]);
  const steering = useRef<Steering>(null);
  const place = useRef(placeIn(id, words));
  const { step, shown, smaller, larger } = useSizes(place.current?.step);
  useEffect(() => {
    if (!place.current || !rows.value || rows.partial) return;
    steering.current?.restore(Math.min(place.current.index, rows.value.total - 1), place.current.scroll);
    place.current = null;
    arrived();
  }, [rows.value]);
  const opened = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('.grid-room li > a') : null;
    if (!link || event.defaultPrevented) return;
    leave({ list: id, words, index: Number(link.parentElement?.dataset['index']), scroll: scrollY, step });
  };
  const { chosen, choose, all, none } = useChoosing(rows);
  const { take, back } = useDeciding(id, rows.change, changed);
  useEffect(none, [words]);
  const toggle = () => {
    const focused = steering.current?.focused() ?? null;
    const photo = focused === null ? undefined : rows.at(focused);
    if (chosen.size > 0) void take([...chosen], at.query.get('which') === 'out').then(none, complain);
    else if (photo) void take([photo.id], !isIn(photo.state)).catch(complain);
  };
  useKeys({ x: toggle, Escape: none });
  useControlled({ a: () => void all().catch(complain), z: () => void back().catch(complain) });
  const [months, sections] = useMemo(() => parted(rows.value, at.query), [rows.value]);
  return (
    <section class="stack" aria-label="Photographs">
      <div class="spread">
        <div>
          <Sentence at={at} index={rows.value} />
          <SplitOff at={at} id={id} many={rows.value?.total ?? 0} />
        </div>
        <div class="sizes">
          <button type="button" class="bare" aria-label="Smaller pictures" disabled={!smaller} onClick={() => smaller?.()}>
            −
          </button>
          <button type="button" class="bare" aria-label="Larger pictures" disabled={!larger} onClick={() => larger?.()}>
            +
          </button>
        </div>
      </div>
      <Shown of={rows} what="the photographs" part>
        {(index) =>
          index.total === 0 ? (
            <Empty at={at} id={id} />
          ) : (
            <div class={rows.old ? 'timed old' : 'timed'} onClick={opened}>
              <Grid
                label="Photographs"
                sections={sections}
                partial={rows.partial}
                size={shown}
                item={(nth) => itemOf(rows.at(nth))}
                draw={(nth, px, urgent) => <One photo={rows.at(nth)} shown={px} urgent={urgent} />}
                beside={(nth) => <Decide photo={rows.at(nth)} take={take} />}
                chosen={chosen}
                choose={choose}
                want={rows.want}
                steering={steering}
              />
              {rows.partial && months.length > 0 ? <div class="time-rail" /> : <TimeRail months={months} steering={steering} />}
            </div>
          )
        }
      </Shown>
      {chosen.size > 0 && <Selection archive={id} ids={[...chosen]} take={take} changed={changed} none={none} />}
    </section>
  );
}

function sourceOf(id: string, words: URLSearchParams): Parameters<typeof useRows<Photo, PhotoIndex>>[1] {
  return {
    soon,
    afar: (signal) => indexOf(id, words, signal),
    page: (cursor, signal) => pageOf(id, words, cursor, signal),
    ids: async (_, range) => {
      const { ids } = await answer(GET('/datasets/{dataset_id}/photos/ids', { params: { path: { dataset_id: id }, query: queryOf(words) } }));
      return range ? ids.slice(range[0], range[1] + 1) : ids;
    },
  };
}

/** What the first page alone tells of a list: enough for the first pictures, while all of it is being looked at. */
function soon(photos: Photo[]): PhotoIndex {
  const months: PhotoIndex['months'] = [];
  for (const { taken_at: taken } of photos) {
    const month = taken?.slice(0, 7) ?? null;
    const last = months.at(-1);
    if (last?.month === month) last.count++;
    else months.push({ month, count: 1 });
  }
  return { total: photos.length, every: PAGE, starts: [], months, albums: [] };
}

/** The months that the rail leads to, and the years that the grid has headings for. */
function parted(index: PhotoIndex | undefined, words: URLSearchParams): [PhotoIndex['months'], Section[]] {
  if (!index) return [[], []];
  const taken = words.get('taken');
  const months = index.months.filter(({ month }) => !taken || (taken === 'undated' ? month === null : month?.startsWith(taken)));
  if (words.get('order') === 'came' || months.every(({ month }) => month === null)) return [[], [{ title: CAME, count: index.total }]];
  const sections: Section[] = [];
  for (const { month, count: many } of months) {
    const title = month?.slice(0, 4) ?? UNDATED;
    const last = sections.at(-1);
    if (last?.title === title) last.count += many;
    else sections.push({ title, count: many });
  }
  return [months, sections];
}

function Sentence({ at, index }: { at: At; index: PhotoIndex | undefined }) {
  const set = (name: string) => (value: string | null) => go(withQuery(at, { [name]: value }), { replace: true });
  const value = (name: string) => at.query.get(name) ?? '';
  const options = (of: readonly (readonly [string, string])[]) => of.map(([key, word]): [string, string] => [key, word]);
  return (
    <p class="sentence">
      Showing <Menu label="Which" value={value('which')} options={options(WHICH)} choose={set('which')} />,{' '}
      <Menu label="Kind" value={value('kind')} options={options(KINDS)} choose={set('kind')} /> from{' '}
      <Menu label="Time" value={value('taken')} options={times(index, value('taken'))} choose={set('taken')} />
      {((index?.albums.length ?? 0) > 0 || value('album')) && (
        <>
          {' in '}
          <Menu label="Album" value={value('album')} options={albums(index, value('album'))} choose={set('album')} />
        </>
      )}
      , <Menu label="Order" value={value('order')} options={options(ORDERS)} choose={set('order')} />
    </p>
  );
}

/** An album or a time of the sentence as an archive of its own. */
function SplitOff({ at, id, many }: { at: At; id: string; many: number }) {
  const [asked, setAsked] = useState(false);
  const [album, taken] = [at.query.get('album'), at.query.get('taken')];
  if (Boolean(album) === Boolean(taken) || at.query.get('which') || many === 0) return null;
  const named = album ?? (taken === 'undated' ? UNDATED : taken && taken.length > 4 ? monthInWords(taken) : (taken ?? ''));
  return (
    <>
      <button type="button" class="word small" onClick={() => setAsked(true)}>
        Make an archive of these
      </button>
      {asked && <Split from={{ dataset_id: id, ...(album ? { album } : {}), ...(taken ? { taken } : {}) }} many={many} suggested={named} close={() => setAsked(false)} />}
    </>
  );
}

function times(index: PhotoIndex | undefined, now: string): [string, string][] {
  const years = [...new Set(index?.months.map(({ month }) => month?.slice(0, 4) ?? 'undated'))].filter((one) => one !== 'undated').sort();
  const undated = index?.months.some(({ month }) => month === null) || now === 'undated';
  const own = now && now !== 'undated' && !years.includes(now) ? [now] : [];
  return [['', 'any year'], ...[...years, ...own].map((one): [string, string] => [one, one.length > 4 ? monthInWords(one) : one]), ...(undated ? [['undated', 'no known date'] satisfies [string, string]] : [])];
}

function albums(index: PhotoIndex | undefined, now: string): [string, string][] {
  const names = index?.albums ?? [];
  return [['', 'any album'], ...(now && !names.includes(now) ? [...names, now] : names).map((name): [string, string] => [name, name])];
}

/** Nothing is here: which word of the sentence to loosen, and what is there then. */
function Empty({ at, id }: { at: At; id: string }) {
  const words = at.query.toString();
  const looser = useLoad(`looser ${id} ${words}`, () => loosened(id, at.query));
  const asked = ['which', 'kind', 'taken', 'album'].filter((name) => at.query.get(name));
  if (asked.length === 0) return <p class="quiet-word">Photographs appear here as they are read.</p>;
  return (
    <div class="stack">
      <p class="quiet-word">Nothing fits this sentence.</p>
      <ul class="stack">
        {looser.value?.map(({ name, says, total }) => (
          <li key={name}>
            <button type="button" class="word" onClick={() => go(withQuery(at, { [name]: null }), { replace: true })}>
              Look {says}
            </button>
            : {count(total, 'photograph')}
          </li>
        ))}
      </ul>
      {looser.value?.length === 0 && (
        <button type="button" class="word" onClick={() => go(withQuery(at, Object.fromEntries(asked.map((name) => [name, null]))), { replace: true })}>
          Show everything
        </button>
      )}
    </div>
  );
}

function itemOf(photo: Photo | undefined): { id: string; name: string; href: string } | undefined {
  return photo && { id: photo.id, name: photo.name, href: `#/photos/${photo.id}` };
}

function One({ photo, shown, urgent }: { photo: Photo | undefined; shown: number; urgent: boolean }) {
  if (!photo) return null;
  const out = !isIn(photo.state);
  return (
    <span class={out ? 'out' : undefined}>
      <Picture key={photo.id} kind="photo" src={photoImage(photo.id)} shown={shown} alt={described(photo)} title={photo.caption} average={photo.average} blur={photo.blur} eager urgent={urgent} linked />
      {out && <span class="out-word">Left out</span>}
    </span>
  );
}

/** What stands for a photograph where it is not seen: its caption, if an export had one, its name and its day. */
function described(photo: Photo): string {
  return ['Photograph', photo.caption, photo.name, photo.taken_at && day(photo.taken_at), !isIn(photo.state) && 'left out'].filter(Boolean).join(', ');
}

/** By pointing at a photograph: leave it out, or take it in. */
function Decide({ photo, take }: { photo: Photo | undefined; take: (ids: string[], included: boolean) => Promise<void> }) {
  if (!photo) return null;
  const out = !isIn(photo.state);
  return (
    <button type="button" class="decide" tabIndex={-1} aria-label={out ? `Take ${photo.name} in` : `Leave ${photo.name} out`} onClick={() => take([photo.id], out).catch(complain)}>
      {out ? 'Take in' : 'Leave out'}
    </button>
  );
}
