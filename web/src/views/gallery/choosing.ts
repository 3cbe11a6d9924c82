/** Which pictures are chosen, and how large they are shown. */
import { useState } from 'preact/hooks';
import type { Sample } from '../../api/client';
import { useKeys } from '../../keys';
import { focused } from './Tiles';

const SIZES = [96, 150, 220, 320]; // px

export interface Choosing {
  size: number;
  chosen: ReadonlySet<string>;
  choose: (id: string, through: boolean) => void;
  none: () => void;
}

export function useChoosing(samples: Sample[]): Choosing {
  const [step, setStep] = useState(1);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  const choose = (id: string, through: boolean) => {
    const next = new Set(chosen);
    const ids = samples.map((one) => one.id);
    const [from, to] = [ids.indexOf(last ?? ''), ids.indexOf(id)].sort((one, other) => one - other);
    if (through && from !== undefined && from >= 0) ids.slice(from, (to ?? from) + 1).forEach((one) => next.add(one));
    else if (!next.delete(id)) next.add(id);
    setLast(id);
    setChosen(next);
  };
  const none = () => setChosen(new Set());
  useKeys({
    x: () => {
      const id = focused();
      if (id) choose(id, false);
    },
    '-': () => setStep(Math.max(0, step - 1)),
    '=': () => setStep(Math.min(SIZES.length - 1, step + 1)),
    Escape: none,
  });
  return { size: SIZES[step] ?? 150, chosen, choose, none };
}
