/** Pictures of a plane: asked for as far as they are in sight, decoded off the main thread, kept within bounds. */
import { Problem, problemOf } from '../../api/client';
import { viewOfBrowser } from '../../api/tile';
import { type Place, planeOf, pointAt, stepOf, tileOf } from './place';

const AT_ONCE = 4; // requests for single pictures; a browser has six connections to a server
const MOST_BYTES = 96 * 2 ** 20; // of decoded pictures
const MOST_SCENES = 6; // whose coarse pictures are kept
const MOST_SHEETS = 24; // of one of them
const MOST_ACROSS = 32;
const MOST_OF_SHEET = 256; // pictures; see jobs/picture.py
export const FIRST = 5; // across the middle: there before all else
const AGAIN_S = 5;

export interface Cell {
  i: number;
  j: number;
}

/** A part of a picture that is drawn somewhere else. */
export interface Patch {
  of: ImageBitmap | HTMLCanvasElement;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Sharp extends Patch {
  of: ImageBitmap;
  size: number; // asked for
}

/** A lattice of points on a plane, looked at in one way. */
export interface Scene {
  id: string;
  place: Pick<Place, 'model' | 'at' | 'psi'>;
  x: number; // where its cell 0, 0 lies on the plane
  y: number;
  step: number;
  coarse: Map<string, Patch>;
  sheets: ImageBitmap[];
}

export interface Hearers {
  came: () => void;
  away: (seconds: number | null) => void; // nobody draws now; null: somebody does
  failed: (problem: Problem) => void;
}

export interface Sight {
  cells: Cell[]; // those wanted, the middle first
  first: Cell; // in view
  last: Cell;
  size: number; // pixels that one is shown with
}

export class Tiles {
  readonly view = viewOfBrowser();
  private turn = 0;
  private scenes = new Map<string, Scene>();
  private kept = new Map<string, Sharp>(); // least recently used first
  private keptBytes = 0;
  private asked = new Map<string, AbortController>();
  private sheet: { scene: Scene; stop: AbortController } | null = null;
  private scene: Scene | null = null;
  private sight: Sight | null = null;
  private refused = new Set<string>();
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly hear: Hearers) {}

  /** The same lattice once more is the same scene, with what is there of it already. */
  sceneOf(place: Place, x: number, y: number): Scene {
    const { model, at, psi } = place;
    const step = stepOf(place.d);
    const id = idOf(place, x, y);
    const found = this.scenes.get(id) ?? { id, place: { model, at, psi }, x, y, step, coarse: new Map(), sheets: [] };
    this.scenes.delete(id);
    this.scenes.set(id, found);
    for (const [old, scene] of this.scenes) {
      if (this.scenes.size <= MOST_SCENES) break;
      this.scenes.delete(old);
      forget(scene);
    }
    return found;
  }

  sharp(scene: Scene, i: number, j: number): Sharp | undefined {
    return this.kept.get(`${scene.id}${i},${j}`);
  }

  coarse(scene: Scene, i: number, j: number): Patch | undefined {
    return scene.coarse.get(`${i},${j}`);
  }

  /** Look at something: what left the sight is given up, what came into it is asked for. */
  look(scene: Scene, sight: Sight): void {
    if (scene !== this.scene) this.refused.clear();
    this.scene = scene;
    this.sight = sight;
    this.turn = Math.max(this.turn + 1, Date.now()); // of several windows, too, the latest
    const wanted = new Set(sight.cells.map(({ i, j }) => `${scene.id}${i},${j}`));
    for (const [key, stop] of this.asked) if (!wanted.has(key)) stop.abort();
    for (const key of wanted) this.use(key);
    if (this.sheet && this.sheet.scene !== scene) this.sheet.stop.abort();
    this.pump();
  }

  /** Whether all that is in view is there, at least blurred; or as it was wanted. */
  get state(): 'coming' | 'coarse' | 'sharp' {
    const { scene, sight } = this;
    if (!scene || !sight) return 'coming';
    const inView = sight.cells.filter(({ i, j }) => i >= sight.first.i && i <= sight.last.i && j >= sight.first.j && j <= sight.last.j);
    if (inView.every(({ i, j }) => this.sharp(scene, i, j))) return 'sharp';
    return inView.every(({ i, j }) => this.sharp(scene, i, j) ?? this.coarse(scene, i, j)) ? 'coarse' : 'coming';
  }

  close(): void {
    clearTimeout(this.pause);
    this.scene = this.sight = null;
    this.sheet?.stop.abort();
    for (const stop of this.asked.values()) stop.abort();
    for (const scene of this.scenes.values()) forget(scene);
    for (const { of } of this.kept.values()) of.close();
    this.scenes.clear();
    this.kept.clear();
  }

  private pump(): void {
    const { scene, sight } = this;
    if (!scene || !sight || this.pause !== undefined) return;
    if (!this.sheet) {
      const box = this.missing(scene, sight);
      if (box) void this.askSheet(scene, box);
    }
    const [middle] = sight.cells;
    if (this.sheet && middle && !this.sharp(scene, middle.i, middle.j) && !this.coarse(scene, middle.i, middle.j)) return; // coarse first
    for (const { i, j } of sight.cells) {
      if (this.asked.size >= AT_ONCE) return;
      const key = `${scene.id}${i},${j}`;
      const there = this.kept.get(key);
      if ((there && there.size >= sight.size) || this.asked.has(key) || this.refused.has(key)) continue;
      void this.askTile(scene, { i, j }, key, sight.size);
    }
  }

  /** The cells in view of which nothing is there, as a rectangle: at first that in the middle alone. */
  private missing(scene: Scene, { cells, first, last }: Sight): { first: Cell; last: Cell } | null {
    const nothing = cells.filter(({ i, j }) => i >= first.i && i <= last.i && j >= first.j && j <= last.j && !this.sharp(scene, i, j) && !this.coarse(scene, i, j));
    const [middle] = nothing;
    if (!middle || this.refused.has(scene.id)) return null;
    const across = (of: 'i' | 'j', most: number) => {
      const all = nothing.map((cell) => cell[of]);
      const half = Math.floor(most / 2);
      return [Math.max(Math.min(...all), middle[of] - half), Math.min(Math.max(...all), middle[of] + most - 1 - half)] as const;
    };
    const most = scene.coarse.size === 0 ? FIRST : MOST_ACROSS;
    const [left, right] = across('i', most);
    const [top, bottom] = across('j', Math.min(most, Math.floor(MOST_OF_SHEET / (right - left + 1))));
    return { first: { i: left, j: top }, last: { i: right, j: bottom } };
  }

  private async askSheet(scene: Scene, { first, last }: { first: Cell; last: Cell }): Promise<void> {
    const asked = (this.sheet = { scene, stop: new AbortController() });
    const columns = last.i - first.i + 1;
    const rows = last.j - first.j + 1;
    const point = pointAt(scene.place, scene.x + ((first.i + last.i) / 2) * scene.step, scene.y + ((first.j + last.j) / 2) * scene.step);
    const body = JSON.stringify({ point, grid: { step: scene.step, columns, rows }, coarse: true, view: this.view, turn: this.turn });
    const request = { method: 'POST', body, headers: { 'Content-Type': 'application/json' }, signal: asked.stop.signal };
    await this.having(scene.id, async () => {
      const of = await fetched(`/models/${scene.place.model}/render`, request);
      if (!this.scenes.has(scene.id)) return of.close();
      const [width, height] = [of.width / columns, of.height / rows];
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          scene.coarse.set(`${first.i + column},${first.j + row}`, { of, x: column * width, y: row * height, width, height });
      scene.sheets.push(of);
      if (scene.sheets.length > MOST_SHEETS) drop(scene, scene.sheets.shift());
    });
    if (this.sheet === asked) this.sheet = null;
    this.pump();
  }

  private async askTile(scene: Scene, { i, j }: Cell, key: string, size: number): Promise<void> {
    const stop = new AbortController();
    this.asked.set(key, stop);
    const point = pointAt(scene.place, scene.x + i * scene.step, scene.y + j * scene.step);
    await this.having(key, async () => {
      const of = await fetched(tileOf(scene.place.model, point, { size, view: this.view }), { signal: stop.signal });
      if (this.scene) this.keep(key, { of, size, x: 0, y: 0, width: of.width, height: of.height });
      else of.close();
    });
    this.asked.delete(key);
    this.pump();
  }

  private async having(key: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.hear.away(null);
      this.hear.came();
    } catch (error) {
      if (!(error instanceof Refused)) return; // given up
      const { problem, seconds } = error;
      if ([0, 429, 503].includes(problem.status)) this.wait(seconds, problem.status);
      else this.refused.add(key);
      if (problem.status !== 429 && problem.status !== 503) this.hear.failed(problem);
    }
  }

  private wait(seconds: number, status: number): void {
    if (status === 503) this.hear.away(seconds);
    this.pause ??= setTimeout(() => {
      this.pause = undefined;
      this.pump();
    }, seconds * 1000);
  }

  private keep(key: string, tile: Sharp): void {
    const old = this.kept.get(key);
    if (old) this.lose(key, old);
    this.kept.set(key, tile);
    this.keptBytes += bytesOf(tile);
    for (const [first, oldest] of this.kept) {
      if (this.keptBytes <= MOST_BYTES || first === key) break;
      this.lose(first, oldest);
    }
  }

  private use(key: string): void {
    const tile = this.kept.get(key);
    if (tile) this.kept.delete(key) && this.kept.set(key, tile);
  }

  private lose(key: string, tile: Sharp): void {
    this.kept.delete(key);
    this.keptBytes -= bytesOf(tile);
    tile.of.close();
  }
}

/** What tells one scene from another. */
export function idOf(place: Place, x: number, y: number): string {
  return JSON.stringify([place.model, planeOf(place), place.psi, place.d, x, y]);
}

class Refused extends Error {
  constructor(
    readonly problem: Problem,
    readonly seconds: number,
  ) {
    super(problem.detail);
  }
}

/** Fetch a picture and decode it off the main thread. Throws Refused; what was given up throws otherwise. */
async function fetched(address: string, request: RequestInit): Promise<ImageBitmap> {
  let answer: Response;
  try {
    answer = await fetch(address, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Refused(new Problem('The server does not answer', 'Reverie cannot be reached.', 'It is asked again every five seconds; what you see stays.', 0), AGAIN_S);
  }
  if (answer.ok) return createImageBitmap(await answer.blob());
  const told: unknown = await answer.json().catch(() => null);
  throw new Refused(problemOf(told, answer.status), Number(answer.headers.get('Retry-After')) || AGAIN_S);
}

function bytesOf({ width, height }: Patch): number {
  return width * height * 4;
}

function forget(scene: Scene): void {
  scene.coarse.clear();
  for (const sheet of scene.sheets) sheet.close();
  scene.sheets = [];
}

function drop(scene: Scene, sheet: ImageBitmap | undefined): void {
  for (const [key, patch] of scene.coarse) if (patch.of === sheet) scene.coarse.delete(key);
  sheet?.close();
}
