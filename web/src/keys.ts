/** Single letters as commands: off while one types, and where a person has switched them off. */
import { useLayoutEffect, useRef } from 'preact/hooks';

const KEPT = 'reverie.letters';

export function lettersOn(): boolean {
  return localStorage.getItem(KEPT) !== 'off';
}

export function switchLetters(on: boolean): void {
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, 'off');
}

/** Whether one reads from right to left: what comes next is to the left then. */
export function mirrored(of: Element = document.documentElement): boolean {
  return getComputedStyle(of).direction === 'rtl';
}

/** Call what belongs to a key while a view is there: from the moment that it is seen on, hence layout effects. */
export function useKeys(does: Record<string, (event: KeyboardEvent) => void>): void {
  const latest = useRef(does);
  latest.current = does;
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (command && !isTyping(event) && (event.key.length > 1 || lettersOn())) command(event);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

/** Letters with Ctrl or Command, where nobody types. */
export function useControlled(does: Record<string, () => void>): void {
  const latest = useRef(does);
  latest.current = does;
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey ? latest.current[event.key.toLowerCase()] : undefined;
      if (!command || (event.target instanceof HTMLElement && event.target.closest('input, select, textarea, dialog'))) return;
      event.preventDefault();
      command();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && ['checkbox', 'radio', 'file'].includes(target.type)) return false;
  return target.closest('input, select, textarea, dialog') !== null;
}
