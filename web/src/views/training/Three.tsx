import { useState } from 'preact/hooks';
import type { Job, MomentBest, Moments, Sheet } from '../../api/client';
import type { Loaded } from '../../api/load';
import { ButtonLink } from '../../parts/Button';
import { Point, sheetlike } from '../../parts/Point';
import { number } from '../../words';
import { Measures } from './Best';
import { NAMES, surely } from './standing';
import { Keep, type Keeping } from './Steering';
import './three.css';

interface ThreeProps {
  job: Job;
  moments: Loaded<Moments>;
  sheets: Sheet[];
  place: number;
  ended: boolean;
  look: (step: number) => void;
  keeping: Keeping;
}

/** The nearest, the most various and the one most in between, as far as the measures can tell. */
export function Three({ job, moments, sheets, place, ended, look, keeping }: ThreeProps) {
  const [whole, setWhole] = useState(false);
  const found = moments.value;
  const named = found?.bests.some(({ step }) => step !== null) ?? false;
  if (!found || found.moments.length === 0 || (!named && !ended)) return null;
  return (
    <section class="three" aria-labelledby="three-title">
      <div class="spread">
        <h2 id="three-title">{ended ? 'Three moments' : 'Three moments, so far'}</h2>
        {named && (
          <button type="button" class="word small" aria-pressed={whole} onClick={() => setWhole(!whole)}>
            {whole ? 'Show one point' : 'Show whole sheets'}
          </button>
        )}
      </div>
      {named ? (
        <ul>
          {found.bests.map((best) => (
            <li key={best.name}>
              <One best={best} sheet={sheets.find(({ step }) => step === best.step)} place={place} whole={whole} look={look} keeping={keeping} />
            </li>
          ))}
        </ul>
      ) : (
        <p class="small">{found.unmeasured > 0 ? 'The measures name them, once there are some.' : found.bests[0]?.why}</p>
      )}
      <Measures job={job} found={found} again={moments.again} />
    </section>
  );
}

interface OneProps {
  best: MomentBest;
  sheet: Sheet | undefined;
  place: number;
  whole: boolean;
  look: (step: number) => void;
  keeping: Keeping;
}

function One({ best, sheet, place, whole, look, keeping }: OneProps) {
  const { step, model_id } = best;
  if (step === null || !model_id)
    return (
      <>
        <div class="nobody" aria-hidden="true" />
        <h3>{NAMES[best.name]}</h3>
        <p class="small">{best.why}</p>
      </>
    );
  return (
    <>
      {sheet && (
        <button type="button" class="shown" aria-label={`${NAMES[best.name]}: look at step ${number(step)}`} onClick={() => look(step)}>
          {whole ? <Whole sheet={sheet} /> : <Point sheet={sheetlike(sheet)} place={place} alt={`Invented picture at step ${number(step)}, point ${place + 1}`} />}
        </button>
      )}
      <h3>
        {NAMES[best.name]} <span>{surely(best)}</span>
      </h3>
      <p class="small">{best.why}</p>
      <div class="ways">
        <Keep sheet={sheet} keeping={keeping} look="quiet" />
        <ButtonLink look="quiet" icon="explore" href={`#/explore/${model_id}`}>
          Wander here
        </ButtonLink>
      </div>
    </>
  );
}

function Whole({ sheet }: { sheet: Sheet }) {
  const { src, rows, columns } = sheetlike(sheet);
  return <img class="whole" src={src} width={sheet.width * columns} height={sheet.height * rows} alt={`${rows * columns} invented pictures at step ${number(sheet.step)}`} />;
}
