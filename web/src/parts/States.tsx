import type { ComponentChildren } from 'preact';
import type { Loaded } from '../api/load';
import './states.css';

/** What is shown once it is there; before, a word; on failure, what happened and a way on. */
export function Shown<T>({ of, what, children }: { of: Loaded<T>; what: string; children: (value: T) => ComponentChildren }) {
  if (of.value !== undefined)
    return (
      <div class={of.problem ? 'dimmed' : undefined}>
        {of.problem && <Failed of={of} />}
        {children(of.value)}
      </div>
    );
  if (of.problem) return <Failed of={of} />;
  return <p class="quiet-word">Fetching {what}</p>;
}

function Failed<T>({ of }: { of: Loaded<T> }) {
  return (
    <div class="failed" role="alert">
      <p>
        <strong>{of.problem?.title}.</strong> {of.problem?.detail} {of.problem?.remedy}
      </p>
      <button type="button" class="word" onClick={of.again}>
        {of.problem?.status === 0 ? 'Trying again every five seconds; try now' : 'Try again'}
      </button>
    </div>
  );
}
