import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../../parts/Icon';
import { FRAME } from './Film';
import { useFrames } from './frames';
import { Made } from './Made';
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

/** One pin with layers of another: its shape, its form, its colour. */
export function Mix({ place, pins, ratio, view, go, close }: PanelProps) {
  const { ready } = pins;
  const [[row, column], setTwo] = useState<[string, string]>([ready[0]?.id ?? '', ready[1]?.id ?? '']);
  const [taken, setTaken] = useState<ReadonlySet<Part>>(new Set(['colour']));
  const [looked, setLooked] = useState<Part | null>(null);
  const base = ready.find(({ id }) => id === row)?.place;
  const other = ready.find(({ id }) => id === column)?.place;
  const toggled = (part: Part) => new Set(taken.has(part) ? [...taken].filter((one) => one !== part) : [...taken, part]);
  const addressOf = (parts: ReadonlySet<Part>) => (base && other ? tileOf(base.model, pointOf(mixed(base, other, parts)), { size: FRAME, view: `${view}-film` }) : '');
  const addresses = useMemo(() => [addressOf(taken), ...PARTS.map(([part]) => addressOf(toggled(part)))].filter(Boolean), [row, column, taken]);
  const here = useFrames(addresses, { settled: 0 });
  const shown = looked ? toggled(looked) : taken;
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
      <Made
        place={base && other ? { ...mixed(base, other, taken), d: place.d } : null}
        src={here.get(addressOf(shown))}
        alt={saidOf(shown)}
        says={looked ? `With ${saidOf(shown)}: press to take it.` : `With ${saidOf(shown)}.`}
        ratio={ratio}
        pins={pins}
        go={go}
      />
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
  const before = (base.at.mix ?? []).filter(({ layers }) => !PARTS.some(([part]) => part === layers && parts.has(part)));
  const mixes = PARTS.filter(([part]) => parts.has(part)).map(([layers]) => ({ layers, ...from }));
  return { ...base, at: { ...base.at, mix: [...before, ...mixes] } };
}
