import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, type Model, type Sample } from '../../api/client';
import { useLoad } from '../../api/load';
import { everyPage } from '../../api/pages';
import { Button } from '../../parts/Button';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';
import { Picture, photoImage, sampleImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { saidOf } from '../../recipe';
import { type At, go, withQuery } from '../../routes';
import { count, number } from '../../words';
import { make } from '../journey/journeys';
import { MOST_KEYFRAMES } from '../journey/recipe';
import './new.css';
import { lastingFor, modelOf, proposed, type Source, sourceIn, samplesOf } from './source';

const LASTS = [10, 20, 30, 60, 120, 180, 300, 600];
const FAR_APART = [4, 6, 8, 12, 16, 24];

/** A new journey: through what, drawn by whom, in which order, how long. All is filled in already. */
export default function New({ at }: { at: At }) {
  const source = sourceIn(at.query);
  const key = JSON.stringify(source);
  const known = useLoad(`new journey ${key}`, async () => {
    const [models, samples] = await Promise.all([everyPage((query) => answer(GET('/models', { params: { query } }))), samplesOf(source)]);
    return { models, samples };
  });
  return (
    <div class="page stack new-journey">
      <h1 tabIndex={-1}>New journey</h1>
      <Shown of={known} what="what it goes through" part>
        {({ models, samples }) => <Wishing key={key} at={at} source={source} models={models} samples={samples} />}
      </Shown>
    </div>
  );
}

function Wishing({ at, source, models, samples }: { at: At; source: Source; models: Model[]; samples: Sample[] }) {
  const many = 'seeds' in source ? source.seeds : 'photos' in source ? source.photos.length : 'map' in source ? source.map.length : samples.length;
  const [model, setModel] = useState(() => modelOf(samples, models));
  const [order, setOrder] = useState<'good' | 'given'>('good');
  const [loop, setLoop] = useState(true);
  const [lasts, setLasts] = useState(() => lastingFor(Math.min(many, MOST_KEYFRAMES)));
  const [looked, setLooked] = useState<number | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const drawn = models.find(({ id }) => id === model);
  const set = (changes: Record<string, string | null>) => go(withQuery(at, { samples: null, photos: null, map: null, from: null, seeds: null, ...changes }), { replace: true });
  const begin = async () => {
    const name = `Through ${drawn?.name ?? 'a memory'}`.slice(0, 200);
    const recipe = await proposed({ source, samples, model, order, duration_s: lasts, loop, name }, setLooked, stop.current.signal).finally(() => setLooked(null));
    go(`#/journeys/${(await make(recipe)).id}`);
  };
  const given = 'samples' in source || 'photos' in source || 'map' in source;
  const list = 'list' in source ? source.list : 'seeds' in source ? 'seeds' : '';
  const none = !('seeds' in source) && many === 0;
  const off = models.length === 0 ? 'No model is here yet: train one, or bring one.' : none ? 'There is nothing to go through yet.' : undefined;
  return (
    <>
      <p class="sentence">
        Through{' '}
        {given ? (
          <span class="together">{said(source, many)}</span>
        ) : (
          <Menu label="Through what" value={list} options={[['pins', 'the pins'], ['favourites', 'the favourites'], ['seeds', 'places far apart']]} choose={(from) => set(from === 'seeds' ? { seeds: '8' } : { from })} />
        )}
        {'seeds' in source && (
          <>
            , <Menu label="How many" value={String(source.seeds)} options={[...new Set([...FAR_APART, source.seeds])].sort((one, other) => one - other).map((n): [string, string] => [String(n), `${n} of them`])} choose={(seeds) => set({ seeds })} />
          </>
        )}
        , {order === 'given' && samples.length > 1 ? 'each as it was drawn' : <>as <Menu label="Which model" value={model} options={models.map(({ id, name }): [string, string] => [id, name])} choose={(id) => setModel(id ?? model)} /> draws them</>}
        , {samples.length > 1 ? <Menu label="Order" value={order} options={[['good', 'by a good route'], ['given', 'in this order']]} choose={(wanted) => setOrder(wanted === 'given' ? 'given' : 'good')} /> : 'by a good route'}, in{' '}
        <Menu label="How long" value={String(lasts)} options={[...new Set([...LASTS, lasts])].sort((one, other) => one - other).map((seconds): [string, string] => [String(seconds), inWords(seconds)])} choose={(seconds) => setLasts(Number(seconds))} />,{' '}
        <Menu label="How it ends" value={loop ? 'loop' : ''} options={[['loop', 'without an end'], ['', 'to an end']]} choose={(wanted) => setLoop(wanted === 'loop')} />.
      </p>
      {none && <p class="quiet-word">{list === 'favourites' ? 'No picture has a star yet. In the gallery, S gives one.' : 'Pin three pictures, and there is a journey between them.'}</p>}
      {many > MOST_KEYFRAMES && <p class="small">A journey has at most {number(MOST_KEYFRAMES)} keyframes: the first {number(MOST_KEYFRAMES)} are taken.</p>}
      {samples.length === 1 && <p class="small">One picture alone: the journey goes around it, to what lies beside it.</p>}
      <div class="row">
        <Button look="primary" does={() => begin().catch((error: unknown) => stop.current.signal.aborted || complain(error))} busy="Finding the way" off={off}>
          Make the journey
        </Button>
        {looked !== null && <span class="small" aria-live="polite">{`Looking for the photographs in the model, ${number(looked + 1)} of at most ${number(many)}. It goes on while this page is open.`}</span>}
      </div>
      <ul class="through">
        {samples.map((sample) => (
          <li key={sample.id}>
            <a href={`#/samples/${sample.id}`}>
              <Picture kind="invented" src={sampleImage(sample.id)} shown={96} alt={saidOf(sample)} average={sample.average} blur={sample.blur} linked />
            </a>
          </li>
        ))}
        {'photos' in source &&
          source.photos.slice(0, MOST_KEYFRAMES).map((id) => (
            <li key={id}>
              <Picture kind="photo" src={photoImage(id)} shown={96} alt="Photograph" />
            </li>
          ))}
      </ul>
    </>
  );
}

function said(source: Source, many: number): string {
  if ('photos' in source) return count(many, 'photograph');
  return 'map' in source ? count(many, 'place of the map', 'places of the map') : count(many, 'picture');
}

function inWords(seconds: number): string {
  return seconds < 60 || seconds % 60 > 0 ? count(seconds, 'second') : count(seconds / 60, 'minute');
}
