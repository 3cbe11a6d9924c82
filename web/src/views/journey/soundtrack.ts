/** The music of a journey: brought, listened to, and then known by its beats and its loudness. */
import { Problem, problemOf } from '../../api/client';
import { type Loaded, useEvents, useLoad } from '../../api/load';
import type { Compose, Snap } from './recipe';
import { within } from './time';

export interface Soundtrack {
  id: string;
  name: string;
  state: 'listening' | 'ready' | 'refused';
  reason: string | null; // why it was refused
  duration_s: number;
  tempo: number | null; // beats a minute
  beats: number[]; // seconds
  bars: number[];
  peaks: number[]; // 0 to 1
  job_id: string | null; // that listens to it, or composed it
}

/** Ask the server something about music. Throws a Problem. */
async function asked(path: string, request: RequestInit = {}): Promise<object> {
  const got = await fetch(path, request).catch(() => null);
  if (!got) throw away();
  const found: unknown = await got.json().catch(() => null);
  if (!got.ok || typeof found !== 'object' || found === null) throw problemOf(found, got.status);
  return found;
}

function trackIn(found: object): Soundtrack {
  const of = (name: string): unknown => Reflect.get(found, name);
  const text = (name: string) => (typeof of(name) === 'string' ? String(of(name)) : null);
  const numbers = (name: string) => (Array.isArray(of(name)) ? (of(name) as unknown[]).filter((one) => typeof one === 'number') : []);
  const state = text('state');
  return {
    id: text('id') ?? '',
    name: text('name') ?? 'The music',
    state: state === 'ready' || state === 'refused' ? state : 'listening',
    reason: text('reason'),
    duration_s: Number(of('duration_s')) || 0,
    tempo: Number(of('tempo')) || null,
    beats: numbers('beats'),
    bars: numbers('bars'),
    peaks: numbers('peaks'),
    job_id: text('job_id'),
  };
}

export const soundOf = (id: string): string => `/soundtracks/${id}/file`;

export async function soundtracks(): Promise<Soundtrack[]> {
  const items: unknown = Reflect.get(await asked('/soundtracks?limit=50'), 'items');
  return Array.isArray(items) ? items.filter((one): one is object => typeof one === 'object' && one !== null).map(trackIn) : [];
}

/** Have music composed from a journey; gives the job. */
export async function compose(journey_id: string, { prompt, ...wish }: Compose): Promise<string> {
  const body = JSON.stringify({ kind: 'compose', journey_id, ...wish, ...(prompt ? { prompt } : {}) });
  const job = await asked('/jobs', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  return String(Reflect.get(job, 'id'));
}

export function useSoundtrack(id: string | null): Loaded<Soundtrack | null> {
  const found = useLoad(`soundtrack ${id}`, async () => (id ? trackIn(await asked(`/soundtracks/${id}`)) : null));
  useEvents(found.value?.state === 'listening' ? 'all' : null, found.again);
  return found;
}

/** What a timeline has of a soundtrack: all in seconds of the journey. */
export interface Heard {
  beats: number[];
  bars: number[];
  peaks: number[]; // 0 to 1, of the whole soundtrack, evenly
  from: number; // second of it at which the journey begins
  lasts: number; // seconds of all of it
}

export function heardOf(track: Soundtrack | null | undefined, from: number, duration: number): Heard | null {
  if (track?.state !== 'ready') return null;
  return { beats: within(track.beats, from, duration), bars: within(track.bars, from, duration), peaks: track.peaks, from, lasts: track.duration_s };
}

/** What keyframes click to. */
export function marksOf(heard: Heard | null, snap: Snap): number[] {
  return heard === null || snap === 'none' ? [] : snap === 'bars' ? heard.bars : heard.beats;
}

/** The loudest of each of so many parts of what is heard of a soundtrack; after its end, nothing. */
export function loudness({ peaks, from, lasts }: Pick<Heard, 'peaks' | 'from' | 'lasts'>, duration: number, many: number): number[] {
  if (peaks.length === 0 || lasts <= 0) return [];
  return Array.from({ length: many }, (_, nth) => {
    const begin = ((from + (nth * duration) / many) / lasts) * peaks.length;
    const end = ((from + ((nth + 1) * duration) / many) / lasts) * peaks.length;
    let most = 0;
    for (let at = Math.floor(begin); at < Math.max(end, Math.floor(begin) + 1) && at < peaks.length; at++) most = Math.max(most, peaks[at] ?? 0);
    return most;
  });
}

export interface Sending {
  promise: Promise<string>; // its id; throws a Problem
  stop: () => void;
}

/** Send a file as a soundtrack; `told` hears how much of it is there, 0 to 1. */
export function send(file: File, told: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const promise = new Promise<string>((done, refuse) => {
    const failed = (status: number, found: unknown) => refuse(status === 0 ? away() : problemOf(found, status));
    request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const found: unknown = parsed(request.responseText);
      const id: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, 'id') : undefined;
      if (request.status < 300 && typeof id === 'string') done(id);
      else failed(request.status, found);
    };
    request.onerror = () => failed(0, null);
    request.onabort = () => refuse(new DOMException('given up', 'AbortError'));
  });
  request.open('POST', `/soundtracks?filename=${encodeURIComponent(file.name)}`);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.send(file);
  return { promise, stop: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function away(): Problem {
  return problemOf({ title: 'The server does not answer', detail: 'The music did not arrive.', remedy: 'Your file is untouched; bring it again.' }, 0);
}
