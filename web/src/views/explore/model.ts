/** The model that one wanders in, and the other moments of its training. */
import { useRef } from 'preact/hooks';
import { answer, GET, type Model } from '../../api/client';
import { useLoad } from '../../api/load';
import { count } from '../../words';

export interface Moment {
  model: string;
  step: number;
}

interface Known {
  model: Model | undefined;
  moments: Moment[];
  words: string; // what it is
}

/** What is known stays while another model is asked for. */
export function useModel(id: string): Known {
  const kept = useRef<Known & { model: Model }>(null);
  const found = useLoad(`explore ${id}`, async () => {
    const model = await answer(GET('/models/{model_id}', { params: { path: { model_id: id } } }));
    const old = kept.current;
    const alike = old && old.model.job_id === model.job_id && model.job_id !== null;
    const [moments, dataset] = await Promise.all([
      alike ? old.moments : momentsOf(model),
      model.dataset_id ? answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: model.dataset_id } } })).catch(() => null) : null,
    ]);
    return { model, moments, words: inWords(model, dataset?.name) };
  });
  if (found.value) kept.current = found.value;
  return kept.current ?? { model: undefined, moments: [], words: '' };
}

function inWords({ name, step, resolution, bundled }: Model, archive: string | undefined): string {
  const parts = [
    archive && !name.includes(archive) ? archive : '', // the name may say it already
    step === null ? `${resolution} px` : count(step, 'step'),
    bundled ? 'came with Reverie' : '',
  ];
  return parts.filter(Boolean).join(', ');
}

async function momentsOf({ job_id, step }: Model): Promise<Moment[]> {
  if (!job_id || step === null) return [];
  const sheets = await answer(GET('/jobs/{job_id}/sheets', { params: { path: { job_id } } })).catch(() => []);
  return sheets.flatMap(({ model_id, step: at }) => (model_id ? [{ model: model_id, step: at }] : []));
}
