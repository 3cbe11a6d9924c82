import { useEffect, useRef, useState } from 'preact/hooks';
import { Menu } from '../../parts/Menu';
import { lasting, looped } from './edit';
import type { Editing } from './editing';
import { FORMS, FPS, type Recipe, type Speed, SPEEDS } from './recipe';
import { clock as told, readTime } from './time';

const FORM: Record<Recipe['form'], string> = { mp4: 'an MP4, which plays everywhere', webm: 'a WebM', gif: 'a GIF, without sound', frames: 'its pictures, as a zip' };
const GOES: Record<Speed, string> = { constant: 'at one speed to the eye, all the way', even: 'at one speed between two keyframes', plain: 'straight through, fast and slow' };
const SIZES = [256, 512, 720, 1024, 1080, 1440, 2048];
const DETAILS = [0.2, 0.4, 0.6, 0.8, 1];
const LONGEST = 1800; // seconds
const SHORTEST = 0.5;

/** What the film is: a sentence whose words are menus. */
export function FilmPanel({ editing, drawn }: { editing: Editing; drawn: number | undefined }) {
  const { recipe } = editing;
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), []);
  const [wrong, setWrong] = useState(false);
  const last = (text: string) => {
    const seconds = readTime(text);
    const fits = seconds !== null && seconds >= SHORTEST && seconds <= LONGEST;
    setWrong(!fits);
    if (fits && seconds !== recipe.duration_s) editing.be(lasting(recipe, seconds));
  };
  const sizes: [string, string][] = [['', drawn ? `as drawn, ${drawn} px` : 'as drawn'], ...[...new Set([...SIZES, ...(recipe.size ? [recipe.size] : [])])].sort((one, other) => one - other).map((size): [string, string] => [String(size), `${size} px`])];
  const scaled = recipe.upscale ? `${recipe.upscale.factor} ${recipe.upscale.with}` : '';
  const upscales: [string, string][] = [['', 'not enlarged'], ['2 real-esrgan', 'twice as large, by Real-ESRGAN'], ['4 real-esrgan', 'four times as large, by Real-ESRGAN'], ['2 lanczos', 'twice as large, plainly'], ['4 lanczos', 'four times as large, plainly']];
  return (
    <section ref={section} class="journey-film stack" aria-label="Film" id="journey-film">
      <h2>Film</h2>
      <label class="small when">
        It lasts
        <input key={recipe.duration_s} type="text" inputMode="decimal" aria-invalid={wrong} defaultValue={told(recipe.duration_s, { tenths: recipe.duration_s % 1 > 0 })} onChange={(event) => last(event.currentTarget.value)} />
        {wrong && <span role="alert">Half a second to half an hour, such as 1:00</span>}
      </label>
      <p class="small on">
        It is <Menu label="Form" value={recipe.form} options={FORMS.map((one) => [one, FORM[one]])} choose={(form) => editing.set({ form: FORMS.find((one) => one === form) ?? 'mp4' })} />
      </p>
      <p class="small on">
        with <Menu label="Pictures a second" value={String(recipe.fps)} options={FPS.map((one) => [String(one), `${one} pictures a second`])} choose={(fps) => editing.set({ fps: FPS.find((one) => String(one) === fps) ?? 30 })} />
      </p>
      <p class="small on">
        <Menu label="Size" value={recipe.size === null ? '' : String(recipe.size)} options={sizes} choose={(size) => editing.set({ size: size ? Number(size) : null })} />,{' '}
        <Menu label="Enlarged" value={scaled} options={upscales.some(([key]) => key === scaled) ? upscales : [...upscales, [scaled, scaled]]} choose={(wish) => editing.set({ upscale: scaleOf(wish) })} />
      </p>
      {recipe.upscale && recipe.upscale.with !== 'lanczos' && (
        <p class="small on">
          keeping <Menu label="Made-up detail" value={recipe.upscale.detail ? String(recipe.upscale.detail) : ''} options={details(recipe.upscale.detail)} choose={(share) => recipe.upscale && editing.set({ upscale: { ...recipe.upscale, detail: share ? Number(share) : null } })} />
        </p>
      )}
      <p class="small on">
        It <Menu label="How it ends" value={recipe.loop ? 'loop' : ''} options={[['loop', 'loops without a seam'], ['', 'ends at its last keyframe']]} choose={(loop) => editing.be(looped(recipe, loop === 'loop'))} />
      </p>
      <p class="small on">
        It goes <Menu label="Speed" value={recipe.speed} options={SPEEDS.map((one) => [one, GOES[one]])} choose={(speed) => editing.set({ speed: SPEEDS.find((one) => one === speed) ?? 'even' })} />
      </p>
      {recipe.speed === 'constant' && (
        <p class="small">
          {(recipe.soundtrack?.snap ?? 'none') === 'none'
            ? 'Keyframes come when the way has led there. How long it is to the eye is measured when the film is made; then they stand here as in the film. Move one in time, and it goes evenly between your times instead.'
            : 'Keyframes sit on the music, so it goes at one speed from each to the next.'}
        </p>
      )}
      <p class="small on">
        Its fine grain <Menu label="Grain" value={recipe.noise} options={[['still', 'stays still'], ['alive', 'is alive']]} choose={(noise) => editing.set({ noise: noise === 'alive' ? 'alive' : 'still' })} />
      </p>
    </section>
  );
}

/** How much of what a network makes up a film keeps, and what it says already. */
function details(now: number | null | undefined): [string, string][] {
  const shares = [...new Set([...DETAILS, ...(now ? [now] : [])])].sort((one, other) => one - other);
  return [['', 'a little made-up detail'], ...shares.map((share): [string, string] => [String(share), `${Math.round(100 * share)} % of the made-up detail`])];
}

function scaleOf(wish: string | null): Recipe['upscale'] {
  const [factor, ...name] = (wish ?? '').split(' ');
  return factor === '2' || factor === '4' ? { factor: factor === '2' ? 2 : 4, with: name.join(' ') } : null;
}
