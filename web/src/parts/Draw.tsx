import { useState } from 'preact/hooks';
import { anySeed, draw, LAST_SEED, MOST_PICTURES } from '../api/draw';
import { count } from '../words';
import { Button } from './Button';
import './draw.css';

/** Draw pictures from one model: how many, how strange, from which seed on. */
export function Draw({ model, labels, look = 'outline', title }: { model: string; labels: string[]; look?: 'primary' | 'outline'; title: string }) {
  const [pictures, setPictures] = useState(28);
  const [psi, setPsi] = useState(0.7);
  const [seed, setSeed] = useState(anySeed);
  const [label, setLabel] = useState('');
  return (
    <section class="draw stack">
      <h2>{title}</h2>
      <label class="strangeness">
        <span class="hidden">From typical to strange</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={psi}
          title="Truncation. At 0 there is one single picture, the most typical one."
          aria-valuetext={`${psi}, ${inWords(psi)}`}
          onInput={(event) => setPsi(Number(event.currentTarget.value))}
        />
        <span class="caption">Typical</span>
        <output class="small">{inWords(psi)}</output>
        <span class="caption">Strange</span>
      </label>
      {labels.length > 0 && (
        <label class="small kind-of">
          Pictures of
          <select class="field" value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
            <option value="">all that it tells apart, in turn</option>
            {labels.map((name, number) => (
              <option key={number} value={String(number)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="numbers">
        <label class="small">
          Pictures
          <input type="number" min="1" max={MOST_PICTURES} value={pictures} onChange={(event) => setPictures(within(event.currentTarget.value, 1, MOST_PICTURES))} />
        </label>
        <label class="small">
          First seed
          <input type="number" min="0" max={LAST_SEED} value={seed} onChange={(event) => setSeed(within(event.currentTarget.value, 0, LAST_SEED))} />
        </label>
      </div>
      <Button look={look} busy="Drawing" does={() => draw(model, { count: pictures, truncation_psi: psi, seed, ...(label ? { class_label: Number(label) } : {}) })}>
        Draw {count(pictures, 'picture')}
      </Button>
    </section>
  );
}

function within(text: string, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(Number(text)) || least));
}

function inWords(psi: number): string {
  if (psi === 0) return 'one single picture';
  if (psi < 0.5) return 'near the middle';
  if (psi < 0.8) return 'mostly typical';
  return psi < 1 ? 'strange ones among them' : 'all that it can draw';
}
