/** Which point is drawn at which moment of a journey, as the film will have it: asked of the server, many at a time. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, POST, type Problem } from '../../api/client';
import { problemIn } from '../../api/load';
import { isPoint, tileOf } from '../explore/place';
import { pathOf, type Point, type Recipe } from './recipe';

const AT_ONCE = 100;
const STEPS = 16; // from one moment to the next, of the network
const REST_MS = 250; // while a hand moves a keyframe, nothing is asked

export interface Shot {
  model_id: string;
  point: Point; // with its truncation
  blend?: { with_id: string; t: number }; // the network is so far on its way to this one
}

export const millis = (at: number): number => Math.round(at * 1000);

export class Shots {
  private readonly known = new Map<number, Shot>();
  private wanted: number[] = [];
  private asking = false;
  private left = false;

  constructor(
    private readonly recipe: Recipe,
    private readonly came: () => void,
    private readonly failed: (problem: Problem) => void,
  ) {}

  get(at: number): Shot | undefined {
    return this.known.get(millis(at));
  }

  /** Ask for these moments, the first ones first; what was wanted before and is not asked yet, is forgotten. */
  want(moments: readonly number[]): void {
    if (this.recipe.keyframes.length === 0) return;
    const missing = [...new Set(moments.map(millis))].filter((ms) => !this.known.has(ms));
    if (missing.length > 0) this.wanted = [...missing, ...this.wanted.filter((ms) => !missing.includes(ms))].slice(0, 400);
    void this.ask();
  }

  leave(): void {
    this.left = true;
    this.wanted = [];
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    while (this.wanted.length > 0 && !this.left) {
      const some = this.wanted.splice(0, AT_ONCE);
      try {
        const shots = await answer(POST('/journeys/preview', { body: { recipe: this.recipe, at: some.map((ms) => ms / 1000).sort((one, other) => one - other) } }));
        for (const { at_s, model_id, point, psi, blend } of shots) if (isPoint(point)) this.known.set(millis(at_s), { ...onItsWay(model_id, blend), point: { ...point, psi } });
        if (!this.left) this.came();
      } catch (error) {
        this.wanted = [];
        if (!this.left) this.failed(problemIn(error));
      }
    }
    this.asking = false;
  }
}

export interface Way {
  shots: Shots;
  path: string; // of the recipe that they are of
  turn: number; // rises as some come
  problem: Problem | undefined;
}

/** The shots of a recipe that is at rest; another path has others, and so has one whose way was `measured` since. */
export function useShots(recipe: Recipe, measured: boolean): Way {
  const [turn, setTurn] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const path = `${measured} ${pathOf(recipe)}`;
  const held = useRef<{ path: string; shots: Shots }>(null);
  const make = () => {
    held.current?.shots.leave();
    setProblem(undefined);
    return (held.current = { path, shots: new Shots(recipe, () => setTurn((now) => now + 1), setProblem) });
  };
  if (!held.current) make();
  useEffect(() => {
    if (held.current?.path === path) return;
    const later = setTimeout(() => (make(), setTurn((now) => now + 1)), REST_MS);
    return () => clearTimeout(later);
  }, [path]);
  useEffect(() => () => held.current?.shots.leave(), []);
  return { shots: held.current!.shots, path: held.current!.path, turn, problem };
}

/** Between two moments, in few steps: a renderer keeps the network of each, and neighbours share it. */
function onItsWay(model_id: string, blend: { with_id: string; t?: number | null } | null): Pick<Shot, 'model_id' | 'blend'> {
  const t = Math.round((blend?.t ?? 0) * STEPS) / STEPS;
  if (!blend || t === 0) return { model_id };
  return t === 1 ? { model_id: blend.with_id } : { model_id, blend: { with_id: blend.with_id, t } };
}

export function pictureOf({ model_id, point, blend }: Shot, size: number, view: string): string {
  return tileOf(model_id, point, { size, view, blend });
}
