import { useState } from 'preact/hooks';
import { answer, type Estimate, POST, problemOf } from '../../api/client';
import { type Enlarger, enlargers, type Of, type Original } from '../../api/large';
import { problemIn, useLoad } from '../../api/load';
import { post, type Wish } from '../../api/post';
import { Button } from '../../parts/Button';
import { bytes, duration, number } from '../../words';

const DPI = 300;
const CM_PER_INCH = 2.54;
const FACTORS = [2, 4] as const;

interface Wanted {
  factor: 2 | 4;
  by: string;
  cm: number | null; // width on paper
  form: 'png' | 'tiff';
}

interface AskProps {
  of: Of;
  original: Original;
  asked: () => void;
}

/** How much larger, by what, for which paper; time and memory before anything is done. */
export function Ask({ of, original, asked }: AskProps) {
  const known = useLoad('enlargers', enlargers);
  const [wanted, want] = useState<Wanted>({ factor: 4, by: 'real-esrgan', cm: null, form: 'png' });
  const set = (changes: Partial<Wanted>) => want({ ...wanted, ...changes });
  const wish = wishOf(of, wanted);
  const cost = useLoad(`cost ${JSON.stringify(wish)}`, () => answer(POST('/jobs/estimate', { body: wish })));
  const chosen = known.value?.find(({ name }) => name === wanted.by);
  return (
    <section class="asking">
      <fieldset>
        <legend>How much larger</legend>
        {FACTORS.map((factor) => (
          <label key={factor}>
            <input type="radio" name="factor" checked={wanted.factor === factor} onChange={() => set({ factor })} />
            <span>
              {factor} times <small>{`${number(original.width * factor)} × ${number(original.height * factor)} px`}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>By what</legend>
        {(known.value ?? []).map((one) => (
          <label key={one.name}>
            <input type="radio" name="by" checked={wanted.by === one.name} onChange={() => set({ by: one.name })} />
            <span>
              {one.label} <small>{one.what}</small>
            </span>
          </label>
        ))}
        <Bring brought={(one) => (known.again(), set({ by: one.name }))} />
      </fieldset>
      <Paper original={original} wanted={wanted} set={set} />
      <div class="stack costs" aria-live="polite">
        {chosen?.makes_up && <p class="small">What it adds looks likely, and nobody saw it: it is made up.</p>}
        {cost.value ? (
          <p>
            About {told(cost.value)}. The original stays as it is.
          </p>
        ) : (
          <p>{cost.problem ? cost.problem.text : 'Reckoning how long it takes'}</p>
        )}
        {cost.value?.reasons.map((reason) => (
          <p key={reason} class="bad">
            {reason}
          </p>
        ))}
        <p>
          <Button look="primary" busy="Asking" does={() => post(wish).then(asked)} off={cost.problem ? 'Not in this size.' : cost.value?.fits === false ? 'It does not fit here.' : undefined}>
            Enlarge
          </Button>
        </p>
      </div>
    </section>
  );
}

function told({ seconds, memory_bytes, disk_bytes }: Estimate): string {
  const time = seconds === null ? 'a while' : seconds < 50 ? `${Math.ceil(seconds)} seconds` : duration(seconds);
  return `${time}, ${memory_bytes === null ? '' : `${bytes(memory_bytes)} of memory, `}${disk_bytes === null ? '' : `${bytes(disk_bytes)} of disk`}`;
}

/** A width on paper, and what that asks of the picture. */
function Paper({ original, wanted, set }: { original: Original; wanted: Wanted; set: (changes: Partial<Wanted>) => void }) {
  const sharp = (factor: number) => ((original.width * factor) / DPI) * CM_PER_INCH;
  return (
    <fieldset>
      <legend>For print</legend>
      <label class="row">
        <span>Width in centimetres</span>
        <input type="number" min="1" max="500" step="0.1" inputMode="decimal" placeholder="none" value={wanted.cm ?? ''} onInput={(event) => set({ cm: centimetres(event.currentTarget.value) })} />
      </label>
      <p class="small">
        {wanted.cm ? `${((wanted.cm * original.height) / original.width).toFixed(1)} cm high. ${needs(original, wanted)}` : `At ${DPI} dots an inch ${wanted.factor} times are enough for ${sharp(wanted.factor).toFixed(1)} cm.`}
      </p>
      {wanted.cm !== null && (
        <div class="row" role="group" aria-label="File">
          {(['png', 'tiff'] as const).map((form) => (
            <label key={form}>
              <input type="radio" name="form" checked={wanted.form === form} onChange={() => set({ form })} />
              <span>{form.toUpperCase()}</span>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  );
}

function needs(original: Original, { cm, factor }: Wanted): string {
  const times = ((cm ?? 0) / CM_PER_INCH) * DPI / original.width;
  if (times <= factor) return `That takes ${times.toFixed(1)} times; the rest of ${factor} times is reduced to it.`;
  return `That takes ${times.toFixed(1)} times: beyond ${factor} times Lanczos spreads it out, which is softer.`;
}

function centimetres(text: string): number | null {
  const value = Number(text);
  return text && value >= 1 ? Math.min(value, 500) : null;
}

function wishOf({ kind, id }: Of, { factor, by, cm, form }: Wanted): Wish {
  const print = cm === null ? null : { width_cm: cm, dpi: DPI, form };
  return { kind: 'upscale', factor, with: by, print, ...(kind === 'samples' ? { sample_id: id } : { photo_id: id }) };
}

/** A file of one's own: read as data, and refused in words where it is none. */
function Bring({ brought }: { brought: (one: Enlarger) => void }) {
  const [said, say] = useState('');
  const bring = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    say(`Reading ${file.name}`);
    try {
      const sent = await fetch(`/enlargers?${new URLSearchParams({ filename: file.name })}`, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } });
      if (!sent.ok) throw problemOf(await sent.json().catch(() => null), sent.status);
      const one: Enlarger = await sent.json();
      say(`${one.name} is here.`);
      brought(one);
    } catch (error) {
      say(problemIn(error).text);
    }
    input.value = '';
  };
  return (
    <div class="stack">
      <label class="word bring">
        Bring a file of your own
        <input type="file" accept=".pth,.pt,.safetensors" onChange={(event) => void bring(event.currentTarget)} />
      </label>
      <p class="small" role="status">
        {said}
      </p>
    </div>
  );
}
