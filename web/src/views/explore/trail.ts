/** Where one has been: places in the order of the browser's history, so that back is back in space. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { go } from '../../routes';
import { addressOf, type Place } from './place';

const SETTLED_MS = 250; // a slider that moves does not write its every place
const MOST = 50;

export interface Trail {
  places: Place[];
  at: number;
  push: (place: Place) => void;
  replace: (place: Place) => void;
  to: (index: number) => void;
}

/** `arrived` is told of a place that the address leads to, other than by what was written here. */
export function useTrail(address: string, first: Place | null, arrived: () => void): Trail {
  const [{ places, at }, set] = useState({ places: first ? [first] : [], at: 0 });
  const now = useRef({ places, at, written: first ? addressOf(first) : '', last: first }); // the address, and its place
  const later = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const lay = (next: Place[], index: number) => {
    Object.assign(now.current, { places: next, at: index });
    set({ places: next, at: index });
  };
  const write = (place: Place, replace: boolean) => {
    clearTimeout(later.current);
    later.current = undefined;
    Object.assign(now.current, { written: addressOf(place), last: place });
    go(now.current.written, { replace });
  };
  useEffect(() => () => clearTimeout(later.current), []);
  // At once, not after the next picture of the screen: what a hand does meanwhile is done at the place that it led to.
  useLayoutEffect(() => {
    // Where the address is what was written here last, nobody else has led anywhere.
    if (!first || address === now.current.written || location.hash === now.current.written) return;
    const { places: laid, at: index, last } = now.current;
    // What waited to be written belongs to the entry that was left; that one stays as the browser has it.
    const known = later.current !== undefined && last ? laid.with(index, last) : laid;
    clearTimeout(later.current);
    later.current = undefined;
    Object.assign(now.current, { written: address, last: first });
    const near = [index - 1, index + 1, ...known.keys()].find((one) => known[one] && addressOf(known[one]) === address);
    if (near === undefined) lay([...known.slice(0, index + 1), first].slice(-MOST), Math.min(index + 1, MOST - 1));
    else lay(known, near);
    arrived();
  }, [address]);
  return {
    places,
    at,
    push: (place) => {
      const { places: known, at: index } = now.current;
      const [here] = known.slice(index);
      if (later.current !== undefined && here) write(here, true);
      const next = [...known.slice(0, index + 1), place].slice(-MOST);
      lay(next, next.length - 1);
      write(place, false);
    },
    replace: (place) => {
      const { places: known, at: index } = now.current;
      lay(known.with(index, place), index);
      clearTimeout(later.current);
      later.current = setTimeout(() => write(place, true), SETTLED_MS);
    },
    to: (index) => history.go(index - now.current.at),
  };
}
