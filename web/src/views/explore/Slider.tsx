import { useEffect, useRef, useState } from 'preact/hooks';
import '../../parts/range.css';
import { within } from './place';
import './slider.css';

interface SliderProps {
  ends?: [string, string]; // words at its ends
  label: string;
  value: number;
  least: number;
  most: number;
  step: number;
  origin?: number; // that it is set back to, by a double click or Delete, and filled from
  bend?: number; // above 1: finer near the beginning
  says: (value: number) => string;
  title?: string;
  change: (value: number) => void;
}

const POSITIONS = 200;

/** A native slider with its value; a click on the value types a number. */
export function Slider({ ends, label, value, least, most, step, origin, bend = 1, says, title, change }: SliderProps) {
  const shareOf = (of: number) => ((of - least) / (most - least)) ** (1 / bend);
  const give = (wanted: number) => change(within(Number(wanted.toFixed(4)), least, most));
  const slide = (position: number) => {
    const found = least + (most - least) * (position / POSITIONS) ** bend;
    give(Math.round(found / step) * step);
  };
  const back = () => origin !== undefined && give(origin);
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (by !== undefined) give(value + by * step);
    else if (event.key === 'Delete' || event.key === 'Backspace' || event.key === '0') back();
    else return;
    event.preventDefault();
  };
  const [share, from] = [shareOf(value), shareOf(origin ?? least)];
  const filled = { '--from': `${100 * Math.min(share, from)}%`, '--to': `${100 * Math.max(share, from)}%` };
  return (
    <div class={ends ? 'explore-slider' : 'explore-slider compact'}>
      {ends && <span>{ends[0]}</span>}
      <Value label={label} value={value} says={says} give={give} />
      {ends && <span>{ends[1]}</span>}
      <input
        type="range"
        min="0"
        max={POSITIONS}
        value={Math.round(share * POSITIONS)}
        aria-label={label}
        aria-valuetext={says(value)}
        title={title}
        class={origin === undefined ? undefined : 'centred'}
        style={filled}
        onKeyDown={keys}
        onDblClick={back}
        onInput={(event) => slide(Number(event.currentTarget.value))}
      />
    </div>
  );
}

/** The value in words, until it is clicked; then a field to type it into. */
function Value({ label, value, says, give }: { label: string; value: number; says: (value: number) => string; give: (value: number) => void }) {
  const [typing, setTyping] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const typed = useRef(false);
  useEffect(() => {
    if (typing) field.current?.focus();
    else if (typed.current) button.current?.focus();
    typed.current = typing;
  }, [typing]);
  const take = (text: string) => {
    setTyping(false);
    const number = Number(text.replace('−', '-').replace(',', '.'));
    if (text.trim() && Number.isFinite(number)) give(number);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter') event.preventDefault();
    else if (event.key === 'Escape') event.stopPropagation();
    else return;
    if (event.key === 'Enter') take(field.current?.value ?? '');
    else setTyping(false);
  };
  if (!typing)
    return (
      <button key="said" type="button" ref={button} class="value" title="Click to type a number" onClick={() => setTyping(true)}>
        {says(value)}
      </button>
    );
  return (
    <input
      key="typed"
      ref={field}
      type="text"
      inputMode="decimal"
      aria-label={label}
      defaultValue={String(value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => typing && take(event.currentTarget.value)}
      onKeyDown={keys}
    />
  );
}
