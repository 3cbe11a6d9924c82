import { type Album, answer, GET, type NamedTag } from '../../api/client';
import { useLoad } from '../../api/load';
import { Menu } from '../../parts/Menu';
import type { At } from '../../routes';
import { PLACES } from './query';

export interface Names {
  albums: Album[];
  tags: NamedTag[];
}

interface SentenceProps {
  at: At;
  names: Names;
  narrow: boolean; // the rarer words too
  set: (changes: Record<string, string | null>) => void;
}

const WHAT: [string, string][] = [['', 'everything'], ['favourites', 'favourites'], ['pinned', 'what was pinned'], ['3', 'three stars and more'], ['4', 'four stars and more'], ['5', 'five stars']];
const TIMES: [string, string][] = [['', 'any day'], ['today', 'today'], ['week', 'the last seven days'], ['month', 'the last month'], ['year', 'the last year']];
const ORIGINALITY: [string, string][] = [
  ['', 'however near'],
  ['own', 'with a look of its own'],
  ['near', 'leaning on one of them'],
  ['copy', 'nearly a copy of one'],
  ['unknown', 'not looked at yet'],
];
const ORDERS: [string, string][] = [['', 'newest'], ['best', 'best rated'], ['original', 'most its own'], ['oldest', 'oldest']];

/** What is shown, as a sentence whose words are menus; the rarer ones come when they are asked for. */
export function Sentence({ at, names, narrow, set }: SentenceProps) {
  const value = (name: string) => at.query.get(name) ?? '';
  const tagged = narrow || value('tag') !== '';
  const compared = narrow || value('originality') !== '';
  const timed = narrow || value('time') !== '';
  return (
    <h1 tabIndex={-1} class="sentence" data-title="Gallery">
      Showing <Menu label="What" value={value('pinned') ? 'pinned' : value('favourite') ? 'favourites' : value('rating')} options={WHAT} choose={(what) => set(whatOf(what))} />{' '}
      from{' '}
      <span class="together">
        <Where at={at} albums={names.albums} set={set} />
        {!compared && !tagged && !timed && ','}
      </span>{' '}
      {compared && (
        <span class="together">
          beside its photographs <Menu label="Originality" value={value('originality')} options={ORIGINALITY} choose={(originality) => set({ originality })} />
          {!tagged && !timed && ','}
        </span>
      )}{' '}
      {tagged && (
        <span class="together">
          tagged <Menu label="Tag" value={value('tag')} options={tagsIn(names.tags, value('tag'))} choose={(tag) => set({ tag })} />
          {!timed && ','}
        </span>
      )}{' '}
      {timed && (
        <span class="together">
          of <Menu label="Time" value={value('time')} options={TIMES} choose={(time) => set({ time })} />,
        </span>
      )}{' '}
      <span class="together">
        <Menu label="Order" value={value('order')} choose={(order) => set({ order })} options={ORDERS} /> first
      </span>
    </h1>
  );
}

/** Favourites, pins and stars are one word of the sentence, and three of the address. */
function whatOf(what: string | null): Record<string, string | null> {
  const named = { favourites: 'favourite', pinned: 'pinned' }[what ?? ''];
  return { favourite: null, pinned: null, rating: named ? null : what, ...(named ? { [named]: 'true' } : {}) };
}

function tagsIn(tags: NamedTag[], now: string): [string, string][] {
  const known = tags.map(({ name }): [string, string] => [name, name]).sort(([a], [b]) => a.localeCompare(b));
  return [['', 'anything'], ...(now && !tags.some(({ name }) => name === now) ? [[now, now] as [string, string]] : []), ...known];
}

/** Archives, albums and models are places to be from; in the address each has a word of its own. */
function Where({ at, albums, set }: { at: At; albums: Album[]; set: SentenceProps['set'] }) {
  const places = useLoad('places', () => Promise.all([answer(GET('/datasets', { params: { query: { limit: 200 } } })), answer(GET('/models/tree'))]));
  const [archives, models] = places.value ?? [{ items: [] }, []];
  const kind = PLACES.find((name) => at.query.get(name));
  const now = kind ? `${kind}:${at.query.get(kind) ?? ''}` : '';
  const named = (of: string, all: { id: string; name: string }[]) => all.map(({ id, name }): [string, string] => [`${of}:${id}`, name]);
  const groups: [string, [string, string][]][] = [
    ['Albums', named('album', [...albums].sort((a, b) => a.name.localeCompare(b.name)))],
    ['Archives', named('dataset', archives.items)],
    ['Models', named('model', models)],
  ];
  const known = !now || groups.some(([, all]) => all.some(([key]) => key === now));
  const odd = { album: 'an album that is gone', dataset: 'an archive that is gone', training: 'one training', model: 'one moment of a training' }[kind ?? 'model'];
  const options: [string, string][] = [['', 'all archives'], ...(known ? [] : [[now, places.value ? odd : '…'] as [string, string]])];
  const choose = (place: string | null) => {
    const [of = '', id = ''] = (place ?? '').split(':');
    set({ step: null, ...Object.fromEntries(PLACES.map((name) => [name, name === of ? id : null])) });
  };
  return <Menu label="Where" value={now} options={options} groups={groups} choose={choose} />;
}
