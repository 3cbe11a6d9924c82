/** Finds that were pinned: samples of the gallery that were kept from a point, not drawn by a job. */
import { useCallback, useRef, useState } from 'preact/hooks';
import { answer, DELETE, GET, type Model, POST, type Sample } from '../../api/client';
import { useLoad } from '../../api/load';
import { complain, tell } from '../../parts/notices';
import { sampleImage } from '../../parts/Picture';
import { type Place, placeOf, pointOf, said, tileOf } from './place';

const UNDO_MS = 10_000;
const THUMB = 128; // pixels
const MOST = 200; // the latest

export interface Pin {
  id: string; // of the sample; of one on its way, its address
  place: Place;
  src: string;
  coming: boolean;
  of: string; // which pins it stands among
}

export interface Pins {
  all: Pin[];
  ready: Pin[]; // those that are kept
  gallery: string; // where all of them are
  pin: (place: Place) => Promise<void>;
  remove: (pin: Pin) => void;
}

/** The pins of a model, or of all models that learnt from its archive; newest first. */
export function usePins(model: Model | undefined, view: string): Pins {
  const query: { dataset?: string; model?: string } | undefined = model && (model.dataset_id && model.step !== null ? { dataset: model.dataset_id } : { model: model.id });
  const of = JSON.stringify(query ?? null);
  const kept = useLoad(`pins ${of}`, async () => (query ? (await answer(GET('/samples', { params: { query: { ...query, pinned: true, limit: MOST } } }))).items : []));
  const [coming, setComing] = useState<Pin[]>([]);
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const known = (kept.value ?? []).map((sample) => pinOf(sample, of));
  const fresh = coming.filter((pin) => pin.of === of && !known.some(({ id }) => id === pin.id));
  const all = [...fresh, ...known].filter(({ id }) => !away.has(id));
  const latest = useRef(all);
  latest.current = all;
  const pin = useCallback(
    async (place: Place) => {
      const id = keyOf(place);
      if (latest.current.some((one) => keyOf(one.place) === id)) return void tell('Pinned already', 'It stands among the pins.');
      const shown: Pin = { id, place, src: tileOf(place.model, pointOf(place), { size: THUMB, view }), coming: true, of };
      setComing((old) => [shown, ...old.filter((one) => one.id !== id)]);
      const instead = (made: Pin[]) => setComing((old) => old.flatMap((one) => (one.id === id ? made : [one])));
      try {
        const sample = await answer(POST('/models/{model_id}/samples', { params: { path: { model_id: place.model } }, body: { point: pointOf(place), view } }));
        instead([pinOf(sample, of)]);
        tell('Pinned', 'It is in the gallery, too.');
      } catch (error) {
        instead([]);
        complain(error);
      }
    },
    [view, of],
  );
  const remove = (gone: Pin) => {
    const hide = (hidden: boolean) =>
      setAway((old) => {
        const next = new Set(old);
        if (hidden) next.add(gone.id);
        else next.delete(gone.id);
        return next;
      });
    // Nothing is deleted before the time to take it back is over.
    const later = setTimeout(() => answer(DELETE('/samples/{sample_id}', { params: { path: { sample_id: gone.id } } })).catch(complain), UNDO_MS);
    hide(true);
    tell('Taken off', 'It leaves the pins and the gallery.', () => {
      clearTimeout(later);
      hide(false);
    });
  };
  return { all, ready: all.filter(({ coming }) => !coming), gallery: `#/gallery?${new URLSearchParams(Object.entries({ ...query, pinned: 'true' }))}`, pin, remove };
}

/** What tells one picture from another: how near its neighbours were shown does not. */
export function keyOf({ model, at, psi }: Place): string {
  return `${model} ${psi} ${said(at)}`;
}

function pinOf(sample: Sample, of: string): Pin {
  return { id: sample.id, place: placeOf(sample), src: sampleImage(sample.id)(THUMB), coming: false, of };
}
