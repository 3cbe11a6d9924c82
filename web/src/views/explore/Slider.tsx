import { useEffect, useRef, useState } from 'preact/hooks';
import { within } from './place';

interface SliderProps {
  from: string; // the words at its ends
  to: string;
  label: string;
  value: number;
  least: number;
  most: number;
  step: number;
  bend?: number; // above 1: finer near the beginning
  says: (value: number) => string;
  title?: string;
  change: (value: number) => void;
}

const POSITIONS = 200;

/** Words at both ends, the value between them; a click on the value types a number. */
export function Slider({ from, to, label, value, least, most, step, bend = 1, says, title, change }: SliderProps) {
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
    const number = Number(text);
    if (text.trim() && Number.isFinite(number)) change(within(number, least, most));
  };
  const share = ((value - least) / (most - least)) ** (1 / bend);
  const valueAt = (position: number) => {
    const found = least + (most - least) * (position / POSITIONS) ** bend;
    return within(Math.round(found / step) * step, least, most);
  };
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    change(within(Number((value + by * step).toFixed(4)), least, most));
  };
  return (
    <div class="explore-slider">
      <span>{from}</span>
      {typing ? (
        <input
          key="typed"
          ref={field}
          type="text"
          inputMode="decimal"
          aria-label={label}
          defaultValue={String(value)}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={(event) => take(event.currentTarget.value)}
          onKeyDown={(event) => (event.key === 'Enter' ? (event.preventDefault(), take(event.currentTarget.value)) : event.key === 'Escape' && (event.stopPropagation(), setTyping(false)))}
        />
      ) : (
        <button key="said" type="button" ref={button} class="value" title="Click to type a number" onClick={() => setTyping(true)}>
          {says(value)}
        </button>
      )}
      <span>{to}</span>
      <input
        key="range"
        type="range"
        min="0"
        max={POSITIONS}
        value={Math.round(share * POSITIONS)}
        aria-label={label}
        aria-valuetext={says(value)}
        title={title}
        style={{ '--share': `${100 * share}%` }}
        onKeyDown={keys}
        onInput={(event) => change(Number(valueAt(Number(event.currentTarget.value)).toFixed(4)))}
      />
    </div>
  );
}
