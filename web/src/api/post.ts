/** Giving the server work, once: the same wish sent twice by an unsure line is one job. */
import type { paths } from './schema';
import { answer, POST, type PostedJob } from './client';

export type Wish = paths['/jobs']['post']['requestBody']['content']['application/json'];

let tried: { wish: string; key: string } | null = null;

/** The key stays while the same wish is tried again, and is given up once it was taken. */
export async function post(body: Wish): Promise<PostedJob> {
  const wish = JSON.stringify(body);
  if (tried?.wish !== wish) tried = { wish, key: newKey() };
  const job = await answer(POST('/jobs', { body, params: { header: { 'Idempotency-Key': tried.key } } }));
  tried = null;
  return job;
}

/** 128 random bits. (`crypto.randomUUID` is there over https and on localhost alone; a phone in the house comes over http.) */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
