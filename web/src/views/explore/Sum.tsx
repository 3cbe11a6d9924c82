import { useState } from 'preact/hooks';
import { FRAME } from './Film';
import { useFrames } from './frames';
import { Made } from './Made';
import { Panel } from './Panel';
import type { PanelProps } from './Panels';
import type { Pin } from './pins';
import { named, type Place, pointOf, sumOf, tileOf } from './place';
import { Slider } from './Slider';

const MOST = 2; // a pin's weight, either way
const STEP = 0.05;
const SETTLED_MS = 120;
const MOST_TERMS = 8; // that the server takes

/** Pins with weights, summed: this minus that plus the third, or somewhere between them. */
export function Sum({ place, pins, ratio, view, go, close }: PanelProps) {
  const { ready } = pins;
  const [weights, setWeights] = useState<Record<string, number>>(() => Object.fromEntries(ready.slice(0, 2).map(({ id }) => [id, 0.5])));
  const terms = ready.map((pin) => ({ place: pin.place, weight: weights[pin.id] ?? 0 })).filter(({ weight }) => weight !== 0);
  const fits = terms.length > 0 && terms.length <= MOST_TERMS;
  const made: Place | null = fits ? { ...place, at: sumOf(terms) } : null;
  const address = made && tileOf(made.model, pointOf(made), { size: FRAME, view: `${view}-film` });
  const here = useFrames(address ? [address] : [], { settled: SETTLED_MS });
  const src = (address && here.get(address)) ?? [...here.values()].at(-1); // that before, until it is here
  return (
    <Panel title="Sum pins" close={close}>
      <ul class="explore-terms">
        {ready.map((pin, nth) => (
          <Weight key={pin.id} pin={pin} nth={nth} weight={weights[pin.id] ?? 0} give={(weight) => setWeights((old) => ({ ...old, [pin.id]: weight }))} />
        ))}
      </ul>
      <Made place={made} src={made ? src : undefined} alt={made ? named(made) : ''} says={saidOf(terms.map(({ weight }) => weight))} ratio={ratio} pins={pins} go={go} />
    </Panel>
  );
}

function Weight({ pin, nth, weight, give }: { pin: Pin; nth: number; weight: number; give: (weight: number) => void }) {
  const name = `Pin ${nth + 1}, ${named(pin.place)}`;
  return (
    <li>
      <img src={pin.src} alt={name} width="48" height="48" />
      <Slider label={`Weight of ${name}`} value={weight} least={-MOST} most={MOST} step={STEP} origin={0} says={signed} change={give} />
    </li>
  );
}

/** With its sign, as one would add it. */
export function signed(value: number): string {
  const digits = Number(Math.abs(value).toFixed(2)).toString();
  return value === 0 ? '0' : `${value < 0 ? '−' : '+'}${digits}`;
}

function saidOf(weights: number[]): string {
  if (weights.length === 0) return 'Give one of them a weight.';
  if (weights.length > MOST_TERMS) return `At most ${MOST_TERMS} at a time: set some back to 0.`;
  const whole = Number(weights.reduce((sum, one) => sum + one, 0).toFixed(2));
  return `${weights.map(signed).join(' ').replace(/^\+/, '')}${weights.length > 1 ? `, together ${signed(whole).replace('+', '')}` : ''}.${whole === 1 ? '' : ' The rest, up to 1, is the most typical picture.'}`;
}
