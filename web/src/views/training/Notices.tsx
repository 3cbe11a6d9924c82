import type { Job, Sheet } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { type Notice, noticesOf } from '../../api/told';
import { sentences } from '../../words';
import { Keep, type Keeping } from './Steering';

interface NoticesProps {
  job: Job;
  sheets: Sheet[];
  keeping: Keeping;
  look: (step: number) => void;
}

/** What the training had to say for itself: once each, in the order of its saying. One about a moment offers to keep it. */
export function Notices({ job, sheets, keeping, look }: NoticesProps) {
  const notices = useLoad(`${job.id} notices`, () => noticesOf(job.id));
  useEvents(job.ended_at ? null : job.id, (type) => (type === 'notice' || type === 'state') && notices.again());
  const said = new Map<string, Notice>((notices.value ?? []).map((one) => [one.text, one]));
  return (
    <ul class="told" aria-label="What it says" aria-live="polite">
      {[...said.values()].map((one) => (
        <li key={one.text}>
          {one.code === 'in_between_passed' && <strong>A moment worth keeping. </strong>}
          {sentences(one.text)}
          <About sheet={sheets.find(({ step, model_id }) => step === one.step && model_id !== null)} keeping={keeping} look={look} />
        </li>
      ))}
    </ul>
  );
}

/** Nothing, where the moment was deleted meanwhile. */
function About({ sheet, keeping, look }: { sheet: Sheet | undefined; keeping: Keeping; look: (step: number) => void }) {
  if (!sheet) return null;
  return (
    <div class="row">
      <Keep sheet={sheet} keeping={keeping} look="outline">
        Keep it
      </Keep>
      <button type="button" class="word" onClick={() => look(sheet.step)}>
        Look at it
      </button>
    </div>
  );
}
