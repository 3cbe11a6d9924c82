import type { ComponentChildren } from 'preact';
import type { Loaded } from '../api/load';
import { capital } from '../words';
import './states.css';

interface ShownProps<T> {
  of: Loaded<T>;
  what: string; // "this archive"
  part?: boolean; // of a view that has its title already
  children: (value: T) => ComponentChildren;
}

/** What is shown once it is there; before, a word; on failure, what happened and a way on. */
export function Shown<T>({ of, what, part = false, children }: ShownProps<T>) {
  if (of.value !== undefined)
    return (
      <div class={of.problem ? 'dimmed' : undefined}>
        {of.problem && <Failed of={of} what={what} part />}
        {children(of.value)}
      </div>
    );
  if (of.problem) return <Failed of={of} what={what} part={part} />;
  return <p class="quiet-word">Fetching {what}</p>;
}

/** A view that failed has a title of its own; within one that is there, a failure is a line. */
function Failed<T>({ of, what, part }: { of: Loaded<T>; what: string; part: boolean }) {
  const nothing = of.problem?.nothing ?? false;
  const title = nothing ? `${capital(what)} is not here.` : `${of.problem?.title ?? ''}.`;
  return (
    <div class={part ? 'failed' : 'page failed'} role="alert">
      {part ? <strong>{title}</strong> : <h1 tabIndex={-1}>{title}</h1>}
      <p>{nothing ? 'It may have been deleted, or its address was cut short.' : of.problem?.text}</p>
      {nothing ? (
        <a class="word" href="#/">
          Go to the beginning
        </a>
      ) : (
        <button type="button" class="word" onClick={of.again}>
          {of.problem?.status === 0 ? 'Trying again every five seconds; try now' : 'Try again'}
        </button>
      )}
    </div>
  );
}
