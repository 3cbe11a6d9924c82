/** What the page has to say, at the top of the view, until it is read. */
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../api/client';
import './notices.css';
import { Icon } from './Icon';

interface Told {
  id: number;
  title: string;
  text: string;
  undo?: () => void;
}

let told: Told[] = [];
let next = 0;
const hearers = new Set<(told: Told[]) => void>();

function set(now: Told[]): void {
  told = now;
  hearers.forEach((hear) => hear(told));
}

/** Gives what takes it away before it is read. */
export function tell(title: string, text = '', undo?: () => void): () => void {
  const said: Told = { id: next++, title, text, ...(undo ? { undo } : {}) };
  set([...told.filter((old) => old.title !== title || old.text !== text).slice(-2), said]);
  const away = () => dismiss(said.id);
  if (undo) setTimeout(away, 10_000);
  return away;
}

export function complain(error: unknown): void {
  if (error instanceof Problem) tell(error.title, error.text);
  else tell('This went wrong', String(error));
}

function dismiss(id: number): void {
  set(told.filter((one) => one.id !== id));
}

export function Notices() {
  const [shown, setShown] = useState(told);
  useEffect(() => {
    hearers.add(setShown);
    return () => void hearers.delete(setShown);
  }, []);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown.map((one) => (
        <p key={one.id} class="notice">
          <span>
            <strong>{one.title}.</strong> {one.text}
          </span>
          {one.undo && (
            <button type="button" class="word" onClick={() => (one.undo?.(), dismiss(one.id))}>
              Undo
            </button>
          )}
          <button type="button" class="bare" aria-label="Close" onClick={() => dismiss(one.id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
