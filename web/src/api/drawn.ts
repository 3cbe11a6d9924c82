/** Pictures that are looked at once, such as those of a model that nobody has made yet: coarse at once, then sharp. */
import { useEffect, useState } from 'preact/hooks';
import { type Problem, problemOf } from './client';
import { problemIn } from './load';
import type { paths } from './schema';

export type Asked = paths['/models/{model_id}/render']['post']['requestBody']['content']['application/json'];

// Renderers take turns between views: each page is one.
const VIEW = `look-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
const SETTLED_MS = 60; // what a slider only passes by is not drawn
const AGAIN_S = 3;

export interface Drawn {
  src: string | undefined; // that of before stays until the next one is here
  state: 'coming' | 'coarse' | 'sharp';
  problem: Problem | undefined;
  away: boolean; // nobody draws now; it is asked for again
}

const NOTHING: Drawn = { src: undefined, state: 'coming', problem: undefined, away: false };

/** What a model draws, and draws anew when something else is asked for. */
export function useDrawn(model: string, asked: Asked): Drawn {
  const [drawn, setDrawn] = useState(NOTHING);
  const key = JSON.stringify([model, asked]);
  useEffect(() => {
    const stop = new AbortController();
    const draw = async () => {
      setDrawn((old) => ({ ...old, state: 'coming', problem: undefined }));
      for (const coarse of [true, false]) {
        const picture = await fetched(model, { ...asked, coarse, view: VIEW }, stop.signal, () => setDrawn((old) => ({ ...old, away: true })));
        const src = URL.createObjectURL(picture);
        setDrawn((old) => (revoke(old.src), { src, state: coarse ? 'coarse' : 'sharp', problem: undefined, away: false }));
      }
    };
    const failed = (error: unknown) => stop.signal.aborted || setDrawn((old) => (revoke(old.src), { ...NOTHING, problem: problemIn(error) }));
    const later = setTimeout(() => void draw().catch(failed), SETTLED_MS);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [key]);
  useEffect(() => () => setDrawn((old) => (revoke(old.src), old)), []);
  return drawn;
}

function revoke(src: string | undefined): void {
  if (src) URL.revokeObjectURL(src);
}

/** Throws a Problem; what was given up throws otherwise. One that is away is asked again. */
async function fetched(model: string, body: Asked, signal: AbortSignal, away: () => void): Promise<Blob> {
  for (;;) {
    const request = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, signal };
    const answer = await fetch(`/models/${model}/render`, request).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return null;
    });
    if (answer?.ok) return answer.blob();
    if (answer && answer.status !== 503 && answer.status !== 429) throw problemOf(await answer.json().catch(() => null), answer.status);
    away();
    const seconds = Number(answer?.headers.get('Retry-After')) || AGAIN_S;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    signal.throwIfAborted();
  }
}
