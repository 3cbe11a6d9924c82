import { useEffect, useState } from 'preact/hooks';
import { answer, GET, type Job, type Model, POST, problemOf, type Sample } from '../../api/client';
import { problemIn, useEvents, useLoad } from '../../api/load';
import { post } from '../../api/post';
import { Button } from '../../parts/Button';
import { complain } from '../../parts/notices';
import { Waiting } from '../../parts/Waiting';
import { capital, duration, sentences } from '../../words';
import { Brush, BrushTools, emptyMask, type Mask, pngOf, saysEnough, useBrushing, Veiled } from './Brush';
import { type Box, Framed, type Picked, shownAs, Sources } from './IntoPicture';
import './into.css';
import { Panel } from './Panel';
import type { PanelProps } from './Panels';
import type { Place } from './place';

const ENDED = ['succeeded', 'failed', 'cancelled'];
const LENGTHS = [
  ['soon', 'Soon'],
  ['thorough', 'Thoroughly'],
] as const;
type Length = (typeof LENGTHS)[number][0];

/** A photograph into the space: what the model draws most like it, and how much it knows of it. */
export function Into({ place, pins, ratio, find, go, close }: PanelProps) {
  const model = useLoad(`into ${place.model}`, () => answer(GET('/models/{model_id}', { params: { path: { model_id: place.model } } })));
  const [picked, setPicked] = useState<Picked | null>(null);
  const [job, setJob] = useState<{ id: string; mask: Mask | null } | null>(null);
  useEffect(() => {
    if (find) answer(GET('/photos/{photo_id}', { params: { path: { photo_id: find } } })).then((photo) => setPicked({ photo }), complain);
  }, [find]);
  useEffect(() => () => void (picked && 'file' in picked && URL.revokeObjectURL(picked.address)), [picked]);
  const another = () => (setJob(null), setPicked(null));
  const wander = (sample: Sample) => {
    const found: Place = { ...place, at: { anchor: { sample: sample.id } }, psi: 1 };
    void pins.pin(found);
    go(found);
  };
  return (
    <Panel title="Find a photograph here" close={close}>
      {!picked && <Sources model={model.value} pick={setPicked} />}
      {picked && !job && <Ask model={place.model} picked={picked} ratio={ratio} asked={(id, mask) => setJob({ id, mask })} another={another} />}
      {picked && job && <Search {...job} picked={picked} ratio={ratio} wander={wander} another={another} />}
    </Panel>
  );
}

/** What of it has to be alike, how long to look, and what that takes. */
function Ask({ model, picked, ratio, asked, another }: { model: Model['id']; picked: Picked; ratio: number; asked: (job: string, mask: Mask | null) => void; another: () => void }) {
  const [box, setBox] = useState<Box | null>(null);
  const [mask, setMask] = useState<Mask | null>(null); // in place of a box, where one paints
  const [brushing, brush] = useBrushing();
  const [preset, setPreset] = useState<Length>('soon');
  const wish = { kind: 'project' as const, model_id: model, preset };
  const estimate = useLoad(`into ${model} ${preset}`, () => answer(POST('/jobs/estimate', { body: wish })));
  const [refused, setRefused] = useState<string | null>(null); // said here: what is said behind a dialog is not seen
  const choose = (word: string) => {
    setBox(PARTS.find(([one]) => one === word)?.[1] ?? null);
    setMask(word === PAINTED ? emptyMask(ratio) : null);
  };
  const begin = async () => {
    setRefused(null);
    const region = box ? [{ box }] : [];
    try {
      const bare = mask === null && 'photo' in picked;
      const job = bare ? await post({ ...wish, photo_id: picked.photo.id, region }) : await send(picked, model, { preset, region: JSON.stringify(region) }, mask && (await pngOf(mask)));
      asked(job.id, mask);
    } catch (error) {
      setRefused(problemIn(error).text);
    }
  };
  return (
    <div class="stack">
      <div class="into-two">
        <Framed picked={picked} ratio={ratio} box={box} draw={mask ? undefined : setBox}>
          {mask && <Brush mask={mask} painted={setMask} {...brushing} />}
        </Framed>
        <div class="stack">
          <p>{mask ? 'Only what you paint over has to be alike. The rest is as the model dreams it.' : box ? 'Only what is in the box has to be alike. The rest is as the model dreams it.' : 'All of it is looked for. Draw a box on it, where only a part matters.'}</p>
          <label class="small">
            What has to be alike{' '}
            <select class="field" value={mask ? PAINTED : nameOf(box)} onChange={(event) => choose(event.currentTarget.value)}>
              {PARTS.map(([word]) => (
                <option key={word}>{word}</option>
              ))}
              {nameOf(box) === OWN && <option>{OWN}</option>}
              <option>{PAINTED}</option>
            </select>
          </label>
          {mask && <BrushTools mask={mask} painted={setMask} {...brushing} change={brush} />}
          <div class="row" role="group" aria-label="How long to look">
            {LENGTHS.map(([name, word]) => (
              <button key={name} type="button" class="button outline part" aria-pressed={preset === name} onClick={() => setPreset(name)}>
                {word}
              </button>
            ))}
          </div>
          <p class="small" aria-live="polite">
            {estimate.value ? sentences(...estimate.value.reasons, estimate.value.sentence) : (estimate.problem?.text ?? 'Reckoning how long it takes')}
          </p>
        </div>
      </div>
      {refused && <p role="alert">{refused}</p>}
      <div class="row">
        <Button look="primary" busy="Asking" does={begin} off={mask && !saysEnough(mask) ? 'Paint over what matters first.' : undefined}>
          Find it here
        </Button>
        <Button look="quiet" does={another}>
          Another picture
        </Button>
      </div>
    </div>
  );
}

const OWN = 'What is in the box';
const PAINTED = 'What I paint over';
const PARTS: [string, Box | null][] = [
  ['All of it', null],
  ['The upper half', [0, 0, 1, 0.5]],
  ['The lower half', [0, 0.5, 1, 1]],
  ['The left half', [0, 0, 0.5, 1]],
  ['The right half', [0.5, 0, 1, 1]],
  ['The middle', [0.25, 0.25, 0.75, 0.75]],
];
const nameOf = (box: Box | null) => PARTS.find(([, one]) => JSON.stringify(one) === JSON.stringify(box))?.[0] ?? OWN;

/** Send a picture from elsewhere, or the mask of a photograph, or both. */
async function send(picked: Picked, model: string, query: Record<string, string>, mask: Blob | null): Promise<Job> {
  const words = new URLSearchParams('photo' in picked ? { ...query, photo_id: picked.photo.id } : query);
  const form = new FormData();
  if ('file' in picked) form.append('file', picked.file);
  if (mask) form.append('mask', mask, 'mask.png');
  const body = mask ? { body: form } : 'file' in picked ? { body: picked.file, headers: { 'Content-Type': 'application/octet-stream' } } : {};
  const sent = await fetch(`/models/${model}/projections?${words}`, { method: 'POST', ...body });
  const told: unknown = await sent.json().catch(() => null);
  if (!sent.ok) throw problemOf(told, sent.status);
  return told as Job; // the same answer as that of GET /jobs/{id}
}

interface SearchProps {
  id: string;
  mask: Mask | null;
  picked: Picked;
  ratio: number;
  wander: (sample: Sample) => void;
  another: () => void;
}

/** The photograph, and beside it what is found so far. */
function Search({ id, mask, picked, ratio, wander, another }: SearchProps) {
  const path = { params: { path: { job_id: id } } };
  const job = useLoad(id, () => answer(GET('/jobs/{job_id}', path)));
  const ended = job.value !== undefined && ENDED.includes(job.value.state);
  useEvents(ended ? null : id, job.again);
  const found = useLoad(`found by ${id} ${ended}`, async () => (ended ? ((await answer(GET('/samples', { params: { query: { job: id, limit: 1 } } }))).items[0] ?? null) : null));
  const sample = found.value;
  const said = sample ? toldBy(sample) : null;
  const src = sample ? `/samples/${sample.id}/image?size=1024` : job.value?.preview ? `/artifacts/${job.value.preview.artifact_id}/image` : null;
  return (
    <div class="stack">
      <div class="into-two">
        <Framed picked={picked} ratio={ratio} box={boxIn(job.value)}>
          {mask && <Veiled mask={mask} />}
        </Framed>
        <figure>
          <Developing src={src} ratio={ratio} alt={sample ? 'Invented picture, most like the photograph' : 'Invented picture, the nearest so far'} />
          <figcaption class="caption">Invented</figcaption>
        </figure>
      </div>
      {said && (
        <div aria-live="polite">
          <p class="into-said">{said.words}</p>
          <p class="small">{said.far}</p>
        </div>
      )}
      {job.value && !said && <p aria-live="polite">{far(job.value)}</p>}
      {job.value?.state === 'running' && <progress max={Math.max(1, job.value.total)} value={job.value.done} aria-label="Looking for it" />}
      {job.value?.state === 'queued' && <Waiting job={job.value} />}
      <div class="row">
        {job.value?.state === 'running' && <Button busy="Stopping" does={() => answer(POST('/jobs/{job_id}/stop', path)).then(job.again)}>Stop and keep</Button>}
        {sample && (
          <Button look="primary" icon="explore" does={() => wander(sample)}>
            Wander from here
          </Button>
        )}
        {ended && (
          <Button look="quiet" does={another}>
            Another picture
          </Button>
        )}
      </div>
    </div>
  );
}

/** The picture before stays until the next one is here. */
function Developing({ src, ratio, alt }: { src: string | null; ratio: number; alt: string }) {
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (!src) return;
    const coming = new Image();
    coming.onload = () => setShown(src);
    coming.src = src;
    return () => void (coming.onload = null);
  }, [src]);
  return (
    <span class="into-ground invented" style={{ aspectRatio: `${ratio}` }}>
      {shown && <img key={shown} src={shown} alt={alt} />}
    </span>
  );
}

function far(job: Job): string {
  if (job.state === 'failed') return sentences(job.error?.title, job.error?.detail, job.error?.remedy);
  if (job.state === 'cancelled') return 'The search was called off.';
  if (job.state === 'queued' || job.state === 'paused') return 'Waiting for its turn.';
  if (job.state === 'succeeded') return 'Found.';
  const left = job.remaining_s === null ? '' : ` ${capital(duration(job.remaining_s))} left.`;
  if (job.unit === 'picture') return `Looking at what this model draws, once for all.${left}`;
  if (job.unit !== 'step') return 'Beginning.';
  return job.phase === 'in W' ? `Looking for where the model draws it.${left}` : `Coming nearer, layer by layer.${left}`;
}

function boxIn(job: Job | undefined): Box | null {
  const parts: unknown = job?.params['region'];
  const [first]: unknown[] = Array.isArray(parts) ? parts : [];
  const box: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'box') : null;
  return shownAs(box);
}

/** What the recipe says of the search, in words. */
function toldBy({ recipe }: Sample): { words: string; far: string } | null {
  const told: unknown = recipe['projection'];
  if (typeof told !== 'object' || told === null) return null;
  const value = (name: string) => Number(Reflect.get(told, name));
  const share = (distance: number) => `${Math.round((100 * distance) / value('unrelated'))} %`;
  const only = Reflect.get(told, 'space') === 'w';
  const words = `What it draws of itself is ${share(value('in_w'))} as far from it as two unrelated pictures of this model are from each other`;
  return { words: String(Reflect.get(told, 'said')), far: only ? `${words}.` : `${words}; this picture, painted layer by layer, ${share(value('distance'))}.` };
}

