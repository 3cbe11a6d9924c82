/** The models that a journey goes through: how far each had learnt, how large it draws, and the moments beside the chosen one. */
import { answer, GET, type Model } from '../../api/client';
import { useLoad } from '../../api/load';
import { sheetOf } from '../../parts/Point';
import { type Moment, useModel } from '../explore/model';

export interface Models {
  steps: ReadonlyMap<string, number>;
  moments: Moment[];
  ratio: number; // width by height of a picture
  most: number; // pixels of its long side
}

const NONE = 256; // pixels, until it is known

export function useModels(ids: readonly string[], chosen: string | undefined): Models {
  const each = [...new Set(ids)].sort();
  const found = useLoad(`models ${each.join()}`, async () => (await Promise.all(each.map((model_id) => answer(GET('/models/{model_id}', { params: { path: { model_id } } })).catch(() => null)))).filter((one): one is Model => one !== null));
  const { moments } = useModel(chosen ?? each[0] ?? '');
  const models = found.value ?? [];
  const [first] = models;
  return {
    steps: new Map([...moments.map(({ model, step }) => [model, step] as const), ...models.flatMap(({ id, step }) => (step === null ? [] : [[id, step] as const]))]),
    moments,
    ratio: first ? sheetOf(first).ratio : 1,
    most: first?.resolution ?? NONE,
  };
}
