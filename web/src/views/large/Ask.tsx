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
  detail: number | null; // per cent of what a network makes up; null: as it is kept where nothing is said
  faithful: boolean;
}

interface AskProps {
  of: Of;
  original: Original;
  asked: () => void;
}

/** How much larger, by what, for which paper; time and memory before anything is done. */
export function Ask({ of, original, asked }: AskProps) {
  const known = useLoad('enlargers', enlargers);
  const [wanted, want] = useState<Wanted>({ factor: 4, by: 'real-esrgan', cm: null, form: 'png', detail: null, faithful: true });
  const set = (changes: Partial<Wanted>) => want({ ...wanted, ...changes });
  const chosen = known.value?.find(({ name }) => name === wanted.by);
  const wish = wishOf(of, wanted, chosen);
  const cost = useLoad(`cost ${JSON.stringify(wish)}`, () => answer(POST('/jobs/estimate', { body: wish })));
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
      {chosen?.makes_up && <Detail usual={usual(chosen)} wanted={wanted} set={set} />}
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

/** How much of what a network makes up is kept, and whether the original may be painted over. */
function Detail({ usual, wanted, set }: { usual: number; wanted: Wanted; set: (changes: Partial<Wanted>) => void }) {
  const share = wanted.detail ?? usual;
  return (
    <fieldset>
      <legend>Made-up detail</legend>
      <input type="range" min="5" max="100" step="5" value={share} style={{ '--to': `${((share - 5) / 95) * 100}%` }} aria-label="Made-up detail" aria-valuetext={`${share} %`} onInput={(event) => set({ detail: Number(event.currentTarget.value) })} />
      <p class="small">{share === usual ? `${share} %: sharper than Lanczos, and nearer to what was there.` : `${share} %. ${share < usual ? 'Softer, and nearer to what was there.' : 'Crisper, and more of it invented.'}`}</p>
      <label>
        <input type="checkbox" checked={wanted.faithful} onChange={(event) => set({ faithful: event.currentTarget.checked })} />
        <span>
          True to the original <small>Reduced again, it is the original. Without that, worn pictures are mended as well.</small>
        </span>
      </label>
    </fieldset>
  );
}

function usual({ detail }: Enlarger): number {
  return Math.round(100 * (detail ?? 1));
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

function wishOf({ kind, id }: Of, { factor, by, cm, form, detail, faithful }: Wanted, chosen: Enlarger | undefined): Wish {
  const print = cm === null ? null : { width_cm: cm, dpi: DPI, form };
  const mix = chosen?.makes_up ? { detail: detail === null ? null : detail / 100, faithful } : {};
  return { kind: 'upscale', factor, with: by, print, ...mix, ...(kind === 'samples' ? { sample_id: id } : { photo_id: id }) };
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
