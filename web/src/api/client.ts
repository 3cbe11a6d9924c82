/** The one door to the server: typed calls, and its problem documents as errors. */
import createClient from 'openapi-fetch';
import { forPeople, sentences } from '../words';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Dataset = Schemas['Dataset'];
export type DatasetInFull = Schemas['DatasetInFull'];
export type Photo = Schemas['Photo'];
export type Label = Schemas['Label'];
export type PhotoIndex = Schemas['PhotoIndex'];
export type SampleIndex = Schemas['SampleIndex'];
export type Choices = Schemas['Choices'];
export type Alike = Schemas['Alike'];
export type Contacts = Schemas['Contacts'];
export type Heap = Schemas['Heap'];
export type Sightings = Schemas['Sightings'];
export type Model = Schemas['Model'];
export type Direction = Schemas['Direction'];
export type Partner = Schemas['Partner'];
export type ModelNode = Schemas['ModelNode'];
export type CatalogueEntry = Schemas['CatalogueEntry'];
export type Job = Schemas['Job'];
export type PostedJob = Schemas['PostedJob'];
export type Sheet = Schemas['Sheet'];
export type Moments = Schemas['Moments'];
export type MomentBest = Schemas['MomentBest'];
export type MomentPair = Schemas['MomentPair'];
export type Sample = Schemas['Sample'];
export type SampleIds = Schemas['SampleIds'];
export type Album = Schemas['Album'];
export type NamedTag = Schemas['NamedTag'];
export type Kind = Schemas['Kind'];
export type Estimate = Schemas['Estimate'];
export type Curves = Schemas['Curves'];

const client = createClient<paths>({ baseUrl: location.origin });
export const { GET, POST, PUT, PATCH, DELETE } = client;

/** What went wrong, in the server's own words: what, where, and what to do. */
export class Problem extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly remedy: string,
    readonly status: number,
    readonly pointers: readonly string[] = [], // to the fields at fault
    private readonly facts: object = {},
  ) {
    super(detail);
  }

  /** What else the server told of it. */
  fact(name: string): unknown {
    return Reflect.get(this.facts, name);
  }

  /** All of it in whole sentences. */
  get text(): string {
    return sentences(this.detail, forPeople(this.remedy));
  }

  /** Whether nothing is at the address: an unknown id, or one that is none. */
  get nothing(): boolean {
    return this.status === 404 || (this.status === 422 && this.pointers.some((pointer) => pointer.startsWith('path:')));
  }
}

function text(from: object, name: string): string {
  const value: unknown = Reflect.get(from, name);
  return typeof value === 'string' ? value : '';
}

function pointersIn(found: object): string[] {
  const errors: unknown = Reflect.get(found, 'errors');
  return Array.isArray(errors) ? errors.filter((one): one is object => typeof one === 'object' && one !== null).map((one) => text(one, 'pointer')) : [];
}

export function problemOf(found: unknown, status: number): Problem {
  if (typeof found === 'object' && found !== null && text(found, 'title'))
    return new Problem(text(found, 'title'), text(found, 'detail'), text(found, 'remedy'), status, pointersIn(found), found);
  return new Problem('The server did not say why', `It answered with ${status}.`, 'Try again.', status);
}

/** Wait for an answer; throws a Problem. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let got;
  try {
    got = await call;
  } catch {
    throw new Problem('The server does not answer', 'Reverie cannot be reached.', 'What you typed is safe.', 0);
  }
  if (got.data === undefined && !got.response.ok) throw problemOf(got.error, got.response.status);
  return got.data!;
}
