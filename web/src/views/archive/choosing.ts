/** What is done with the photographs that are chosen: sent in pieces where they are many, and taken back. */
import { useRef } from 'preact/hooks';
import { answer, type Choices, type Photo, POST } from '../../api/client';
import { complain, tell } from '../../parts/notices';
import { count } from '../../words';
import { isIn } from './query';

export const PIECE = 2000; // photographs of one request
const MOST_BACK = 50; // choices that can be taken back

export interface Deciding {
  take: (ids: string[], included: boolean) => Promise<void>;
  back: () => Promise<void>; // the last choice
}

interface Done extends Required<Choices> {
  quiet: () => void; // the notice that offers to undo it is taken away
}

/** Leave photographs out, or take them in; each choice can be taken back while one is here. */
export function useDeciding(id: string, change: (to: (photo: Photo) => Photo) => void, changed: () => void): Deciding {
  const done = useRef<Done[]>([]);
  const send = async (body: Choices) => answer(POST('/datasets/{dataset_id}/choices', { params: { path: { dataset_id: id } }, body }));
  const undo = async (of: Done) => {
    of.quiet();
    done.current = done.current.filter((one) => one !== of);
    try {
      for (const include of pieces(of.include)) await send({ include });
      for (const exclude of pieces(of.exclude)) await send({ exclude });
    } finally {
      changed();
    }
  };
  const take = async (ids: string[], included: boolean) => {
    const undoes: Done = { include: [], exclude: [], quiet: () => undefined };
    try {
      for (const piece of pieces(ids)) {
        const answered = await send(included ? { include: piece } : { exclude: piece });
        undoes.include.push(...answered.include);
        undoes.exclude.push(...answered.exclude);
        const those = new Set(piece);
        change((photo) => (those.has(photo.id) && isIn(photo.state) !== included ? { ...photo, state: included ? 'ready' : 'excluded' } : photo));
      }
    } finally {
      const many = undoes.include.length + undoes.exclude.length;
      if (many > 0) {
        done.current = [...done.current, undoes].slice(-MOST_BACK);
        undoes.quiet = tell(included ? 'Taken in' : 'Left out', `${count(many, 'photograph')} will ${included ? '' : 'not '}be looked at.`, () => void undo(undoes).catch(complain));
      }
      changed();
    }
  };
  const back = async () => {
    const last = done.current.at(-1);
    if (!last) return;
    await undo(last);
    tell('Taken back', count(last.include.length + last.exclude.length, 'photograph'));
  };
  return { take, back };
}

export function pieces<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / PIECE) }, (_, nth) => items.slice(nth * PIECE, (nth + 1) * PIECE));
}
