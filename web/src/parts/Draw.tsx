import { useState } from 'preact/hooks';
import { among, anySeed, draw, LAST_SEED, MOST_PICTURES } from '../api/draw';
import { inWords } from '../recipe';
import { count, number } from '../words';
import { Button } from './Button';
import './draw.css';

/** Draw pictures from one model: how many, how strange, from which seed on. */
export function Draw({ model, labels, title }: { model: string; labels: string[]; title: string }) {
  const [pictures, setPictures] = useState(28);
  const [psi, setPsi] = useState(0.7);
  const [seed, setSeed] = useState(anySeed);
  const [label, setLabel] = useState('');
  const [diverse, setDiverse] = useState(false);
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
      <label class="small row">
        <input type="checkbox" checked={diverse} disabled={pictures < 2} onChange={(event) => setDiverse(event.currentTarget.checked)} />
        No two alike
      </label>
      {diverse && pictures >= 2 && <p class="caption">Chosen among {number(among(pictures))} that it could draw: those that lie farthest apart, the most typical first.</p>}
      <Button busy="Drawing" does={() => draw(model, { count: pictures, truncation_psi: psi, seed, ...(label ? { class_label: Number(label) } : {}), ...(diverse && pictures >= 2 ? { diverse: among(pictures) } : {}) })}>
        Draw {count(pictures, 'picture')}
      </Button>
    </section>
  );
}

function within(text: string, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(Number(text)) || least));
}
