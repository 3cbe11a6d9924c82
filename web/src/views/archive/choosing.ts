/** Which photographs are chosen, and what is done with them: sent in pieces where they are many, and taken back. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, type Choices, type Photo, POST } from '../../api/client';
import type { Afar, Rows } from '../../api/rows';
import { complain, tell } from '../../parts/notices';
import { count } from '../../words';
import { isIn } from './query';

export const PIECE = 2000; // photographs of one request
const MOST_BACK = 50; // choices that can be taken back

export interface Choosing {
  chosen: ReadonlySet<string>;
  choose: (index: number, through: boolean) => void;
  all: () => Promise<void>;
  none: () => void;
}

/** A choice reaches from where it was begun to where Shift was held; what was chosen before that stays. */
export function useChoosing<A extends Afar>(rows: Rows<Photo, A>): Choosing {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const began = useRef<{ index: number; before: ReadonlySet<string> }>({ index: 0, before: new Set() });
  const turn = useRef(0); // of several that wait for ids, the last one stands
  const between = async (from: number, to: number): Promise<string[]> => {
    const here = Array.from({ length: to - from + 1 }, (_, nth) => rows.at(from + nth)?.id);
    if (here.every((id) => id !== undefined)) return here;
    return (await rows.ids()).slice(from, to + 1);
  };
  const through = async (index: number) => {
    const mine = ++turn.current;
    const { index: from, before } = began.current;
    const ids = await between(Math.min(from, index), Math.max(from, index));
    if (mine === turn.current) setChosen(new Set([...before, ...ids]));
  };
  const one = (index: number) => {
    const id = rows.at(index)?.id;
    if (!id) return;
    turn.current++;
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    began.current = { index, before: next };
    setChosen(next);
  };
  useEffect(() => {
    if (chosen.size === 0 || !rows.value) return;
    const mine = ++turn.current; // the list has changed: what is no longer in it is chosen no more
    rows.ids().then((ids) => {
      const there = new Set(ids);
      if (mine === turn.current) setChosen((old) => new Set([...old].filter((id) => there.has(id))));
    }, complain);
  }, [rows.value]);
  return {
    chosen,
    choose: (index, to) => (to ? void through(index).catch(complain) : one(index)),
    all: async () => {
      const mine = ++turn.current;
      const ids = await rows.ids();
      if (mine === turn.current) setChosen(new Set(ids));
    },
    none: () => {
      turn.current++;
      began.current = { index: began.current.index, before: new Set() };
      setChosen(new Set());
    },
  };
}

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
