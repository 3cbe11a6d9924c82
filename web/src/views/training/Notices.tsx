import type { Curves, Job } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { type Notice, noticesOf } from '../../api/told';
import { number, sentences } from '../../words';

const HALFWAY = 0.75; // of in-between, 1 being halfway; below, no moment stands between the two

interface NoticesProps {
  job: Job;
  curves: Curves | undefined;
  look: (step: number) => void;
}

/** The moment furthest between, and what the training had to say for itself: once each, in the order of its saying. */
export function Notices({ job, curves, look }: NoticesProps) {
  const notices = useLoad(`${job.id} notices`, () => noticesOf(job.id));
  useEvents(job.ended_at ? null : job.id, (type) => (type === 'notice' || type === 'state') && notices.again());
  const said = new Map<string, Notice>((notices.value ?? []).map((one) => [one.text, one]));
  const peak = between(curves);
  return (
    <ul class="told" aria-label="What it says" aria-live="polite">
      {peak !== null && (
        <li>
          <strong>A moment worth keeping.</strong> At step {number(peak)} the pictures are about as far from what it knew as from your photographs.{' '}
          <button type="button" class="word" onClick={() => look(peak)}>
            Look at it
          </button>
        </li>
      )}
      {[...said.values()].map((one) => (
        <li key={one.text}>{sentences(one.text)}</li>
      ))}
    </ul>
  );
}

function between(curves: Curves | undefined): number | null {
  const best = { step: null as number | null, value: HALFWAY };
  for (const { step, metrics } of curves?.measures ?? []) {
    const value = metrics['in_between'] ?? 0;
    if (value > best.value) Object.assign(best, { step, value });
  }
  return best.step;
}
