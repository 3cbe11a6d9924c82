import { useEffect, useRef } from 'preact/hooks';
import type { Direction } from '../../api/client';
import { Icon } from '../../parts/Icon';
import { Slider } from './Slider';
import { signed } from './Sum';

export const ENDS = [-3, 0, 3]; // standard deviations; what is shown of a direction
const MOST = 6;
const STEP = 0.1;

interface WayProps {
  way: Direction;
  called: string;
  amount: number;
  pictures: (string | undefined)[]; // at the ends
  ratio: number;
  off: boolean; // no more can be taken
  lead: (amount: number) => void;
  rename: (name: string | null) => void;
  remove: () => void;
}

/** A direction: what it does, its name, how far one goes along it. */
export function Way({ way, called, amount, pictures, ratio, off, lead, rename, remove }: WayProps) {
  return (
    <li data-seen={way.id}>
      <span class="explore-ends" aria-hidden="true">
        {ENDS.map((end, nth) => (
          <button key={end} type="button" tabIndex={-1} disabled={off} style={{ aspectRatio: `${ratio}` }} title={`To ${signed(end)}`} onClick={() => lead(end)}>
            {pictures[nth] && <img src={pictures[nth]} alt="" />}
          </button>
        ))}
      </span>
      <Name called={called} rename={rename} />
      <button type="button" class="off" aria-label={`Take ${called} off the list`} onClick={(event) => (stay(event.currentTarget), remove())}>
        <Icon name="close" />
      </button>
      {off ? <span class="caption">Set another one back first.</span> : <Slider label={called} value={amount} least={-MOST} most={MOST} step={STEP} origin={0} says={signed} change={lead} />}
    </li>
  );
}

/** The direction goes, and focus with it: to the one beside it, or to the panel's title. */
function stay(button: HTMLElement): void {
  const all = [...(button.closest('.explore-ways')?.querySelectorAll<HTMLElement>('.explore-name') ?? [])];
  const at = all.findIndex((one) => button.closest('li')?.contains(one));
  (all[at + 1] ?? all[at - 1] ?? document.querySelector<HTMLElement>('#explore-side-title'))?.focus();
}

/** A name that is changed by typing over it; an empty one is taken away. */
function Name({ called, rename }: { called: string; rename: (name: string | null) => void }) {
  const before = useRef(called);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    before.current = called;
    if (field.current) field.current.value = called;
  }, [called]);
  const save = (said: string) => {
    const name = said.trim();
    if (name === before.current) return;
    before.current = name;
    rename(name || null);
  };
  const keys = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    const { currentTarget: typed } = event;
    if (event.key === 'Enter') save(typed.value);
    else if (event.key === 'Escape' && typed.value !== before.current) typed.value = before.current;
    else return; // Esc closes the panel where nothing was typed
    event.preventDefault();
    typed.select();
  };
  return <input ref={field} type="text" class="explore-name" aria-label={`Name of the direction ${called}`} maxLength={200} defaultValue={called} autocomplete="off" spellcheck={false} onFocus={(event) => event.currentTarget.select()} onBlur={(event) => save(event.currentTarget.value)} onKeyDown={keys} />;
}
