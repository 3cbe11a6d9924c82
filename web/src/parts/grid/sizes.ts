/** How large the pictures of a grid are: a few steps, by keys too. */
import { useState } from 'preact/hooks';
import { useKeys } from '../../keys';

const SIZES = [96, 150, 220, 320]; // px
const MOST = SIZES.length - 1;

export interface Sizes {
  step: number;
  shown: number; // px
  smaller: (() => void) | null; // null: there is none
  larger: (() => void) | null;
}

export function useSizes(first = 1): Sizes {
  const [step, setStep] = useState(first);
  const smaller = step > 0 ? () => setStep(step - 1) : null;
  const larger = step < MOST ? () => setStep(step + 1) : null;
  useKeys({ '-': () => smaller?.(), '=': () => larger?.() });
  return { step, shown: SIZES[step] ?? 150, smaller, larger };
}
