/** The sentence of an archive's photographs: which, from when, in which order; as the address has it and the server reads it. */
import { answer, GET } from '../../api/client';

const SEEN = ['ready', 'repaired'] as const; // what training looks at
const OUT = ['excluded'] as const;

export const WHICH = [
  ['', 'everything'],
  ['seen', 'what training sees'],
  ['out', 'what is left out'],
] as const;
export const KINDS = [
  ['', 'any kind'],
  ['photograph', 'photographs'],
  ['screenshot', 'screenshots'],
  ['text', 'pages of text'],
  ['blurred', 'blurred ones'],
  ['tiny', 'tiny ones'],
] as const;
export const ORDERS = [
  ['', 'oldest first'],
  ['newest', 'newest first'],
  ['came', 'as they came'],
] as const;

export interface PhotoQuery {
  state: ((typeof SEEN)[number] | (typeof OUT)[number])[];
  order: 'oldest' | 'newest' | 'came';
  kind?: Exclude<(typeof KINDS)[number][0], ''>;
  taken?: string;
  album?: string;
}

export function queryOf(words: URLSearchParams): PhotoQuery {
  const which = words.get('which');
  const order = words.get('order');
  const kind = KINDS.map(([name]) => name).find((name) => name === words.get('kind'));
  const [taken, album] = [words.get('taken'), words.get('album')];
  return {
    state: which === 'seen' ? [...SEEN] : which === 'out' ? [...OUT] : [...SEEN, ...OUT],
    order: order === 'newest' || order === 'came' ? order : 'oldest',
    ...(kind ? { kind } : {}),
    ...(taken ? { taken } : {}),
    ...(album ? { album } : {}),
  };
}

export const isIn = (state: string) => state === 'ready' || state === 'repaired';

export interface Loosened {
  name: string; // of the word in the address
  says: string;
  total: number;
}

const LOOSER: [name: string, says: string][] = [
  ['taken', 'at any year'],
  ['kind', 'at every kind'],
  ['which', 'at everything, seen or left out'],
  ['album', 'in every album'],
];

/** Where nothing fits a sentence: which of its words to loosen, and how much is there then. */
export async function loosened(id: string, words: URLSearchParams): Promise<Loosened[]> {
  const tried = LOOSER.filter(([name]) => words.get(name)).map(async ([name, says]) => {
    const looser = new URLSearchParams(words);
    looser.delete(name);
    const { total } = await answer(GET('/datasets/{dataset_id}/photos/index', { params: { path: { dataset_id: id }, query: { ...queryOf(looser), every: 200 } } }));
    return { name, says, total };
  });
  return (await Promise.all(tried)).filter(({ total }) => total > 0);
}
