/** The directions of a model: those that there are, the job that finds them, and what their owner does with them. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, DELETE, type Direction, GET, type Job, PATCH } from '../../api/client';
import { type Loaded, useEvents, useLoad } from '../../api/load';
import { post } from '../../api/post';
import { complain, tell } from '../../parts/notices';

const UNDO_MS = 10_000;
const ACTIVE = ['queued', 'running', 'paused'];

const leaving = new Set<string>(); // those that are to be deleted, unless that is taken back

export interface Found {
  all: Direction[];
  job: Job | null; // the last one that looked, where there are none
}

export interface Ways extends Loaded<Found> {
  find: () => Promise<void>;
  rename: (one: Direction, name: string | null) => Promise<void>;
  remove: (one: Direction) => void;
}

/** Where nobody has looked for directions yet, that is asked for. */
export function useWays(model: string): Ways {
  const found = useLoad(`directions ${model}`, async (): Promise<Found> => {
    const all = await answer(GET('/models/{model_id}/directions', { params: { path: { model_id: model } } }));
    return { all, job: all.length > 0 ? null : await lastLook(model) };
  });
  const [, redraw] = useState(0);
  const [names, setNames] = useState<ReadonlyMap<string, string | null>>(new Map());
  const find = () => post({ kind: 'directions', model_id: model }).then(found.again);
  const asked = useRef('');
  const { value } = found;
  const none = value !== undefined && value.all.length === 0;
  useEffect(() => {
    if (!none || value.job || asked.current === model) return;
    asked.current = model;
    find().catch(complain);
  }, [value, model]);
  useEvents(none ? 'all' : null, (type) => (type === 'directions' || type === 'state' || type === 'progress') && found.again());
  const rename = async (one: Direction, name: string | null) => {
    setNames((old) => new Map([...old, [one.id, name]]));
    try {
      await answer(PATCH('/directions/{direction_id}', { params: { path: { direction_id: one.id } }, body: { name } }));
    } catch (error) {
      setNames((old) => new Map([...old].filter(([id]) => id !== one.id)));
      throw error;
    }
  };
  const remove = ({ id }: Direction) => {
    const hide = (hidden: boolean) => {
      if (hidden) leaving.add(id);
      else leaving.delete(id);
      redraw((turn) => turn + 1);
    };
    // Nothing is deleted before the time to take it back is over.
    const later = setTimeout(() => answer(DELETE('/directions/{direction_id}', { params: { path: { direction_id: id } } })).catch((error: unknown) => (hide(false), complain(error))), UNDO_MS);
    hide(true);
    tell('Taken off the list', 'Finds along it stay as pictures, but nobody can wander on from them.', () => {
      clearTimeout(later);
      hide(false);
    });
  };
  const told = value && { ...value, all: value.all.filter(({ id }) => !leaving.has(id)).map((one) => (names.has(one.id) ? { ...one, name: names.get(one.id) ?? null } : one)) };
  return { ...found, value: told, find, rename, remove };
}

/** The job for this model that runs or waits, or else the last one that ended. */
async function lastLook(model: string): Promise<Job | null> {
  const { items } = await answer(GET('/jobs', { params: { query: { kind: 'directions', limit: 200 } } }));
  const own = items.filter((job) => job.model_id === model); // newest first
  return own.find(isActive) ?? own[0] ?? null;
}

export function isActive({ state }: Job): boolean {
  return ACTIVE.includes(state);
}

export interface Group {
  title: string;
  ways: { way: Direction; called: string }[]; // by their owner, or else by what they move
}

const TRAITS = { brightness: 'Brightness', warmth: 'Warmth', contrast: 'Contrast' } as const;
const FACTS = ['time_of_day', 'year', 'album', 'photo_light'];
const OF_PHOTOS = 'Your photographs';
const LAYERS = ['Shape', 'Form', 'Colour'];

/** What was learnt from the photographs and from pictures, what moves some layers, what moves all. */
export function groupsOf(all: Direction[]): Group[] {
  const ranges = [...new Set(all.filter(({ kind }) => kind === 'sefa').map(({ layers }) => layers[0] ?? 0))].sort((one, other) => one - other);
  const titleOf = ({ kind, layers }: Direction) => {
    if (FACTS.includes(kind)) return OF_PHOTOS;
    if (kind in TRAITS) return 'What one sees';
    return kind === 'ganspace' ? 'All at once' : (LAYERS[ranges.indexOf(layers[0] ?? 0)] ?? 'Some layers');
  };
  const groups = new Map<string, Direction[]>([OF_PHOTOS, 'What one sees', ...LAYERS, 'All at once'].map((title) => [title, []]));
  for (const one of all) groups.set(titleOf(one), [...(groups.get(titleOf(one)) ?? []), one]);
  const called = (one: Direction, title: string, nth: number) => one.name ?? (one.kind in TRAITS ? TRAITS[one.kind as keyof typeof TRAITS] : `${title} ${nth + 1}`);
  return [...groups].filter(([, ways]) => ways.length > 0).map(([title, ways]) => ({ title, ways: ways.map((way, nth) => ({ way, called: called(way, title, nth) })) }));
}
