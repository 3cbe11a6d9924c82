/** Where one is in a model: the plane that shows it, the address that says it, the trail of where one has been. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../api/client';
import { hands } from './hands';
import { addressOf, type Place } from './place';
import { Plane } from './plane';
import { type Trail, useTrail } from './trail';

export const LAST = 'reverie.explore'; // where one was last

export interface Wandering {
  place: Place;
  still: boolean; // the place lies in the middle; else one moves, and another passes there
  plane: RefObject<Plane | null>;
  stage: RefObject<HTMLDivElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
  view: string; // who looks; '' until the plane is there
  away: number | null; // seconds, about, until somebody draws again
  problem: Problem | null;
  trail: Trail;
  change: (changes: Partial<Place>) => void; // the same picture in another way, also while a slider moves
  move: (next: Place) => void; // to another picture
}

/** `open` is called where a picture is to be seen by itself. */
export function useWandering(asked: Place, open: () => void): Wandering {
  const [place, setPlace] = useState(asked);
  const [here, setHere] = useState(middleOf(asked));
  const [view, setView] = useState('');
  const [away, setAway] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const now = useRef(place); // ahead of what is drawn
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<Plane>(null);

  const be = (next: Place) => {
    now.current = next;
    setPlace(next);
    localStorage.setItem(LAST, addressOf(next));
  };
  const look = (next: Place, follow: boolean) => {
    be(next);
    setHere(middleOf(next));
    setProblem(null);
    if (follow) plane.current?.follow(next);
    else plane.current?.show(next);
  };
  const trail = useTrail(addressOf(asked), asked, () => look(asked, false));
  const size = () => plane.current?.size ?? now.current.z; // a zoom that has not come to rest counts
  const change = (changes: Partial<Place>) => {
    look({ ...now.current, z: size(), ...changes }, true);
    trail.replace(now.current);
  };
  const move = (next: Place) => {
    look({ ...next, z: size() }, false);
    trail.push(now.current);
  };
  const rested = (x: number, y: number, z: number) => {
    setHere({ x, y });
    const was = middleOf(now.current);
    const moved = x !== was.x || y !== was.y;
    if (!moved && z === now.current.z) return;
    be({ ...now.current, at: { ...now.current.at, x, y }, z });
    if (moved) trail.push(now.current);
    else trail.replace(now.current);
  };
  const latest = useRef({ rested, open });
  latest.current = { rested, open };

  useEffect(() => {
    if (!canvas.current || !stage.current) return;
    const made = new Plane(canvas.current, {
      here: (x, y) => setHere({ x, y }),
      settled: (x, y, z) => latest.current.rested(x, y, z),
      away: (seconds) => (setAway(seconds), seconds === null && setProblem(null)),
      failed: setProblem,
    });
    plane.current = made;
    setView(made.tiles.view);
    made.show(now.current);
    be(now.current);
    const free = hands(stage.current, made, () => latest.current.open());
    return () => (free(), made.close());
  }, []);
  const { x, y } = middleOf(place);
  return { place, still: here.x === x && here.y === y, plane, stage, canvas, view, away, problem, trail, change, move };
}

function middleOf({ at: { x = 0, y = 0 } }: Place): { x: number; y: number } {
  return { x, y };
}
