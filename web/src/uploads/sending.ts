/** What is being sent, whatever view one looks at: in pieces, so that what breaks off goes on from there (tus). */
import { useEffect, useState } from 'preact/hooks';
import { answer, POST, problemOf } from '../api/client';
import { complain, tell } from '../parts/notices';
import { go } from '../routes';
import { nameOf, type Parcel, stampOf } from './collect';

export const MODELS = 'models'; // where model files go, beside the archives by their ids

const PIECE = 64 * 2 ** 20; // bytes: below what proxies let through at once
const AWAY = 'The server does not answer, or the line broke. What was sent is kept for a day; your files are untouched.';
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 30_000, 60_000];

const pieces = () => import('./tus');

/** Fetch what sending takes before it is needed: then the server may be away. */
export function prepare(): void {
  const idle = typeof requestIdleCallback === 'function' ? requestIdleCallback : (call: () => void) => setTimeout(call, 1000);
  idle(() => void pieces().catch(() => undefined));
}

export interface Sending {
  place: string;
  name: string;
  published?: string; // the entry of the catalogue that a model file is
  stamp: string;
  size: number;
  sent: number;
  safe: number; // of it, what the server has
  from: number; // what was there when sending began, from an earlier time
  state: 'waiting' | 'sending' | 'stopped' | 'sent' | 'failed'; // stopped: the network is away
  began: number;
  reason?: string;
  again?: () => void;
}

let sendings: Sending[] = [];
const hearers = new Set<(now: Sending[]) => void>();
let chain: Promise<void> = Promise.resolve();

function changed(): void {
  sendings = [...sendings];
  hearers.forEach((hear) => hear(sendings));
}

export function useSendings(place: string): Sending[] {
  const [all, setAll] = useState(sendings);
  useEffect(() => {
    hearers.add(setAll);
    return () => void hearers.delete(setAll);
  }, []);
  return all.filter((one) => one.place === place);
}

/** Bring parcels into an archive, or into a new one that is named after the first. */
export async function bring(parcels: Parcel[], dataset?: string): Promise<void> {
  const first = parcels[0];
  if (!first) {
    tell('Nothing to take in', 'Bring a zip, a tar, a folder, or pictures: JPEG, PNG, WebP, TIFF, GIF, BMP.');
    return;
  }
  let id = dataset;
  if (!id) {
    id = (await answer(POST('/datasets', { body: { name: nameOf(first).slice(0, 200), framing: 'two_squares' } }))).id;
    go(`#/archives/${id}`);
  }
  for (const parcel of parcels) queue(id, parcel);
}

/** Bring model files; what becomes of them stands in the view of the models. */
export function bringModels(files: File[], published?: string): void {
  for (const file of files) queue(MODELS, { name: file.name, body: file, stamp: stampOf([{ name: file.name, file }]) }, published);
  if (files.length > 0) go('#/models/bring');
}

addEventListener('beforeunload', (event) => {
  if (sendings.some(({ state }) => ['waiting', 'sending', 'stopped'].includes(state))) event.preventDefault();
});

function queue(place: string, parcel: Pick<Parcel, 'name' | 'body' | 'stamp'>, published?: string): void {
  const one: Sending = { ...(published ? { published } : {}), place, name: parcel.name, stamp: parcel.stamp, size: parcel.body.size, sent: 0, safe: 0, from: 0, state: 'waiting', began: 0 };
  sendings.push(one);
  changed();
  const start = () => {
    one.state = 'waiting';
    delete one.again;
    delete one.reason;
    changed();
    chain = chain.then(() => send(one, parcel.body)).catch(complain);
  };
  const send = async (one: Sending, body: Blob) => {
    try {
      await put(one, body);
    } finally {
      if (one.state === 'failed') one.again = start;
      changed();
    }
  };
  start();
}

async function put(one: Sending, body: Blob): Promise<void> {
  const library = await pieces().catch(() => null);
  if (!library) {
    Object.assign(one, { state: 'failed', reason: AWAY });
    return;
  }
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const set = (now: Partial<Sending>) => {
    Object.assign(one, now);
    changed();
  };
  const upload = new library.Upload(body, {
    endpoint: '/uploads',
    chunkSize: PIECE,
    retryDelays: RETRY_MS,
    metadata: { filename: one.name, ...(one.place === MODELS ? { kind: 'model' } : { dataset: one.place }), ...(one.published ? { published: one.published } : {}) },
    fingerprint: () => Promise.resolve(`reverie ${one.place} ${one.published ?? ''} ${one.stamp} ${one.name}`),
    removeFingerprintOnSuccess: true,
    onProgress: (sent) => {
      if (one.began === 0) Object.assign(one, { began: Date.now(), from: sent, safe: sent });
      set({ state: 'sending', sent });
    },
    onChunkComplete: (_, safe) => (one.safe = safe), // what the server has; `sent` is what has left this machine
    onAfterResponse: (request, response) => {
      // To this question the library takes any answer but the file's place for "begin anew", also that of a proxy.
      if (request.getMethod() === 'HEAD' && response.getStatus() >= 500) throw new Error('The server is away');
    },
    onShouldRetry: (error) => {
      const again = isPassing(error.originalResponse?.getStatus() ?? 0, error.originalResponse?.getBody() ?? '');
      if (again) set({ state: 'stopped' });
      return again;
    },
    onSuccess: () => {
      set({ state: 'sent', sent: one.size });
      end();
    },
    onError: (error) => {
      const answered = 'originalResponse' in error ? error.originalResponse : null;
      const reason = answered
        ? problemOf(parsed(answered.getBody()), answered.getStatus()).text
        : AWAY;
      set({ state: 'failed', reason });
      end();
    },
  });
  set({ state: 'sending', began: 0 });
  const [before] = await upload.findPreviousUploads();
  if (before) upload.resumeFromPreviousUpload(before);
  upload.start();
  return ended;
}

/** Whether another try may end otherwise: no answer, a server that is busy or away, or a piece that came at the wrong place. */
function isPassing(status: number, body: string): boolean {
  if (status === 409) return typeof Reflect.get(Object(parsed(body)), 'offset') === 'number';
  return status === 0 || status === 423 || (status >= 500 && status !== 507);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
