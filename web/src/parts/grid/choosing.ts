/** Which pictures of a grid are chosen. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Range, TooMany } from '../../api/rows';
import { complain } from '../notices';

export interface Choosing {
  chosen: ReadonlySet<string>;
  choose: (index: number, through: boolean) => void;
  all: () => Promise<void>;
  none: () => void;
}

/** A list of which not all may be here; `value` is another where the list is. */
export interface Among {
  value: unknown;
  at: (index: number) => { id: string } | undefined;
  ids: (range?: Range) => Promise<string[]>;
}

/** A choice reaches from where it was begun to where Shift was held; what was chosen before that stays. */
export function useChoosing(rows: Among): Choosing {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const began = useRef<{ index: number; before: ReadonlySet<string> }>({ index: 0, before: new Set() });
  const turn = useRef(0); // of several that wait for ids, the last one stands
  const between = async (from: number, to: number): Promise<string[]> => {
    const here = Array.from({ length: to - from + 1 }, (_, nth) => rows.at(from + nth)?.id);
    if (here.every((id) => id !== undefined)) return here;
    return rows.ids([from, to]);
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
    }, (error: unknown) => error instanceof TooMany || complain(error)); // of so long a list the choice stays
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
