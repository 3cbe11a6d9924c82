/** The photographs that a picture resembles, asked for until somebody can say. */
import { useEffect, useState } from 'preact/hooks';
import type { Photo } from '../../api/client';
import { type Loaded, useLoad } from '../../api/load';
import { type Originals, originalsOf } from '../../api/originals';

const AGAIN_MS = 3000; // while nobody draws or looks

/** Ask for what a sample resembles; while the renderer is away, again and again. */
export function useOriginals(sample: string): Loaded<Originals> {
  const found = useLoad(`originals ${sample}`, () => originalsOf(sample));
  const away = found.problem?.status === 503 ? found.problem : undefined;
  useEffect(() => {
    if (!away) return;
    const later = setTimeout(found.again, AGAIN_MS);
    return () => clearTimeout(later);
  }, [away]);
  return found;
}

/** All photographs that an answer tells of, by their ids. */
export function photosIn({ items, photos }: Originals): Map<string, Photo> {
  return new Map([...Object.entries(photos), ...items.map(({ photo }): [string, Photo] => [photo.id, photo])]);
}

/** Which two photographs stand beside the picture: the nearest, until others are swapped in. */
export function useChosen(sample: string, found: Originals | undefined): [string[], (photos: string[]) => void, number] {
  const [state, setState] = useState<{ of: string; photos: string[]; oldest: number }>({ of: '', photos: [], oldest: 1 });
  const nearest = found?.items.slice(0, 2).map(({ photo }) => photo.id) ?? [];
  const there = found ? photosIn(found) : new Map<string, Photo>();
  const kept = state.of === sample && state.photos.length === nearest.length && state.photos.every((id) => there.has(id));
  const now = kept ? state : { photos: nearest, oldest: Math.max(0, nearest.length - 1) };
  const choose = (photos: string[]) => {
    const changed = photos.findIndex((id, at) => id !== now.photos[at]);
    if (changed >= 0) setState({ of: sample, photos, oldest: photos.length > 1 ? 1 - changed : 0 });
  };
  return [now.photos, choose, now.oldest];
}
