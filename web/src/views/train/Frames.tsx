import { answer, GET, type Model, type Sheet } from '../../api/client';
import { useLoad } from '../../api/load';
import { Point, sheetlike, sheetOf, type Sheetlike } from '../../parts/Point';
import { number } from '../../words';

const MOMENTS = [0, 50, 100, 200, 500, 1000, 2000, 4000];
const FEWEST = 3; // frames that show a way

/** What this many steps did to one point in an earlier training from the same base; blanks where none went as far. */
export function Frames({ base, steps }: { base: Model; steps: number }) {
  const earlier = useLoad(`frames ${base.id}`, async () => {
    const jobs = await answer(GET('/jobs', { params: { query: { kind: 'train', limit: 50 } } }));
    const job = jobs.items.filter((one) => one.model_id === base.id && one.preview).sort((one, other) => other.done - one.done)[0];
    return job ? answer(GET('/jobs/{job_id}/sheets', { params: { path: { job_id: job.id } } })) : [];
  });
  if (!earlier.value) return <ol class="frames" aria-hidden="true" />;
  const sheets = MOMENTS.filter((step) => near(earlier.value ?? [], step)).length >= FEWEST ? earlier.value : [];
  const frames = MOMENTS.map((step) => ({ step, sheet: near(sheets, step) ?? (step === 0 && base.sheet ? sheetOf(base) : null) }));
  return (
    <>
      <ol class="frames" style={{ '--ratio': frames.find(({ sheet }) => sheet)?.sheet?.ratio ?? 1 }}>
        {frames.map(({ step, sheet }) => (
          <li key={step} class={step > steps ? 'later' : ''}>
            {sheet ? <Point sheet={sheet} place={0} alt={`Invented picture at about step ${number(step)} of an earlier training`} /> : <span class="frame" />}
          </li>
        ))}
      </ol>
      <p class="caption">
        {sheets.length > 0 ? 'One point in an earlier training from this base. Yours will go its own way.' : 'The first frame is what it knows now. What comes after is for your photographs to say.'}
      </p>
    </>
  );
}

function near(sheets: Sheet[], step: number): Sheetlike | null {
  const found = sheets.filter((sheet) => Math.abs(sheet.step - step) <= step * 0.15).sort((one, other) => Math.abs(one.step - step) - Math.abs(other.step - step))[0];
  return found ? sheetlike(found) : null;
}
