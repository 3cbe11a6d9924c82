/** What is being sent, whatever view one looks at. */
import { useEffect, useState } from 'preact/hooks';
import { answer, POST, problemOf } from '../api/client';
import { complain, tell } from '../parts/notices';
import { go } from '../routes';
import { nameOf, type Parcel } from './collect';

export const MODELS = 'models'; // where model files go, beside the archives by their ids

export interface Sending {
  place: string;
  name: string;
  published?: string; // the entry of the catalogue that a model file is
  size: number;
  sent: number;
  state: 'waiting' | 'sending' | 'sent' | 'failed';
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
    tell('Nothing to take in', 'Bring a zip, a tar, a folder, or pictures: JPEG, PNG, WebP, TIFF.');
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
  for (const file of files) queue(MODELS, { name: file.name, body: file }, published);
  if (files.length > 0) go('#/models/bring');
}

addEventListener('beforeunload', (event) => {
  if (sendings.some(({ state }) => state === 'waiting' || state === 'sending')) event.preventDefault();
});

function queue(place: string, parcel: Pick<Parcel, 'name' | 'body'>, published?: string): void {
  const one: Sending = { ...(published ? { published } : {}), place, name: parcel.name, size: parcel.body.size, sent: 0, state: 'waiting', began: 0 };
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

function put(one: Sending, body: Blob): Promise<void> {
  return new Promise((done) => {
    const request = new XMLHttpRequest(); // fetch does not say how much has gone
    const to = one.place === MODELS ? '/models' : `/datasets/${one.place}/archives`;
    const known = one.published ? `&published=${one.published}` : '';
    request.open('POST', `${to}?filename=${encodeURIComponent(one.name)}${known}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    one.state = 'sending';
    one.began = Date.now();
    request.upload.onprogress = (event) => ((one.sent = event.loaded), changed());
    request.onload = () => {
      if (request.status < 300) one.state = 'sent';
      else {
        const problem = problemOf(parsed(request.responseText), request.status);
        one.state = 'failed';
        one.reason = problem.text;
      }
      done();
    };
    request.onerror = () => {
      one.state = 'failed';
      one.reason = 'The server does not answer, or the line broke. Nothing of this file is kept yet; your files are untouched.';
      done();
    };
    request.send(body);
    changed();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
