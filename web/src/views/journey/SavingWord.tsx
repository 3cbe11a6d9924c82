import { forPeople, sentences } from '../../words';
import type { Saving } from './saving';

/** Whether what was changed is kept, and what to do where it is not. */
export function SavingWord({ saving: { state, problem, keep }, reload, undo }: { saving: Saving; reload: () => void; undo: () => void }) {
  if (state === 'saved' || state === 'saving')
    return (
      <p class="caption saving" aria-live="polite">
        {state === 'saved' ? 'Saved' : 'Saving'}
      </p>
    );
  if (state === 'elsewhere')
    return (
      <p class="small saving" role="alert">
        Another tab changed this journey meanwhile.{' '}
        <button type="button" class="word" onClick={reload}>
          Take what is there
        </button>{' '}
        or{' '}
        <button type="button" class="word" onClick={keep}>
          keep this one
        </button>
      </p>
    );
  if (state === 'away')
    return (
      <p class="small saving" role="alert">
        The server does not answer. What you changed is on this page, and is sent as soon as it is back.
      </p>
    );
  return (
    <p class="small saving" role="alert">
      {sentences('This is not saved', problem?.detail, forPeople(problem?.remedy ?? ''))}{' '}
      <button type="button" class="word" onClick={undo}>
        Undo
      </button>
    </p>
  );
}
