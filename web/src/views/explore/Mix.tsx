import { useMemo, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { useFrames } from './frames';
import { Panel } from './Panel';
import type { PanelProps } from './Panels';
import { Pick } from './Pick';
import { anchorOf, type Place, pointOf, tileOf } from './place';

const PARTS = [
  ['shape', 'Shape'],
  ['form', 'Form'],
  ['colour', 'Colour'],
] as const;
type Part = (typeof PARTS)[number][0];
const PIXELS = 512;

/** One pin with layers of another: its shape, its form, its colour. */
export function Mix({ place, pins, ratio, view, go, close }: PanelProps) {
  const ready = pins.all.filter(({ coming }) => !coming);
  const [[row, column], setTwo] = useState<[string, string]>([ready[0]?.id ?? '', ready[1]?.id ?? '']);
  const [taken, setTaken] = useState<ReadonlySet<Part>>(new Set(['colour']));
  const [looked, setLooked] = useState<Part | null>(null);
  const base = ready.find(({ id }) => id === row)?.place;
  const other = ready.find(({ id }) => id === column)?.place;
  const toggled = (part: Part) => new Set(taken.has(part) ? [...taken].filter((one) => one !== part) : [...taken, part]);
  const addressOf = (parts: ReadonlySet<Part>) => (base && other ? tileOf(base.model, pointOf(mixed(base, other, parts)), { size: PIXELS, view: `${view}-film` }) : '');
  const shown = addressOf(looked ? toggled(looked) : taken);
  const addresses = useMemo(() => [addressOf(taken), ...PARTS.map(([part]) => addressOf(toggled(part)))].filter(Boolean), [row, column, taken]);
  const here = useFrames(addresses, { settled: 0 });
  const made = base && other && { ...mixed(base, other, taken), d: place.d };
  return (
    <Panel title="Mix two pins" close={close}>
      <Pick says="All of" pins={ready} at={row} choose={(id) => setTwo([id, column])} />
      <Pick says="But of this one" pins={ready} at={column} choose={(id) => setTwo([row, id])} />
      <div class="row" role="group" aria-label="What comes from the second">
        {PARTS.map(([part, word]) => (
          <button
            key={part}
            type="button"
            class="button outline part"
            aria-pressed={taken.has(part)}
            onPointerEnter={() => setLooked(part)}
            onPointerLeave={() => setLooked(null)}
            onFocus={() => setLooked(part)}
            onBlur={() => setLooked(null)}
            onClick={() => (setTaken(toggled(part)), setLooked(null))}
          >
            {taken.has(part) && <Icon name="tick" />}
            {word}
          </button>
        ))}
      </div>
      <span class="film-ground" style={{ aspectRatio: `${ratio}` }}>
        {here.has(shown) && <img src={here.get(shown)} alt={`Invented picture, ${saidOf(looked ? toggled(looked) : taken)}`} />}
      </span>
      <p class="caption" aria-live="polite">
        {looked ? `With ${saidOf(toggled(looked))}: press to take it.` : `With ${saidOf(taken)}.`}
      </p>
      <div class="row">
        <Button does={() => (made ? pins.pin(made) : undefined)} busy="Pinning" icon="pin">
          Keep as pin
        </Button>
        <Button look="primary" does={() => made && go(made)}>
          Wander from here
        </Button>
      </div>
    </Panel>
  );
}

function saidOf(parts: ReadonlySet<Part>): string {
  const words = PARTS.filter(([part]) => parts.has(part)).map(([part]) => part);
  if (words.length === 0) return 'nothing of the second';
  return `${words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words[0]} of the second`;
}

function mixed(base: Place, other: Place, parts: ReadonlySet<Part>): Place {
  const { anchor, x = 0, y = 0, mix, shift, class_label } = other.at;
  const plain = !mix && !shift && class_label == null;
  const from = plain ? { of: anchor, x, y } : { of: anchorOf(other) };
  const mixes = PARTS.filter(([part]) => parts.has(part)).map(([layers]) => ({ layers, ...from }));
  return { ...base, at: { ...base.at, mix: [...(base.at.mix ?? []), ...mixes] } };
}
