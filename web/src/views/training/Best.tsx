import { answer, type Job, type Moments, POST, type Sheet } from '../../api/client';
import { type Loaded, useEvents } from '../../api/load';
import { useKeys } from '../../keys';
import { Button, ButtonLink } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Point, sheetlike } from '../../parts/Point';
import { Shown } from '../../parts/States';
import { count, number } from '../../words';
import { openness, verdict } from './standing';
import { Keep, type Keeping } from './Steering';

interface BestProps {
  job: Job;
  moments: Loaded<Moments>;
  sheets: Sheet[];
  place: number;
  keeping: Keeping;
  choose: () => void;
  leave: () => void;
}

/** The moment that choices and measures name, with what one does next. */
export function Best({ job, moments, sheets, place, keeping, choose, leave }: BestProps) {
  useKeys({ Escape: leave });
  return (
    <section class="best" aria-labelledby="best-title">
      <Shown of={moments} what="the moments" part>
        {(found) => {
          const sheet = sheets.find(({ step }) => step === found.best);
          return (
            <>
              {sheet && <Point sheet={sheetlike(sheet)} place={place} alt={`Invented picture at step ${number(sheet.step)}, point ${place + 1}`} />}
              <div class="stack">
                <h2 id="best-title">{verdict(found)}</h2>
                <p class="says">{found.why}</p>
                {found.best !== null && (
                  <p class="small">
                    {openness(found)} {found.moments[0]?.why}
                  </p>
                )}
                {sheet?.model_id && (
                  <div class="row">
                    <Keep sheet={sheet} keeping={keeping} />
                    <ButtonLink icon="explore" href={`#/explore/${sheet.model_id}`}>
                      Wander here
                    </ButtonLink>
                  </div>
                )}
                <Measures job={job} found={found} again={moments.again} />
                <div class="row">
                  {found.moments.length > 1 && (
                    <button type="button" class="word" onClick={choose}>
                      {found.choices > 0 ? 'Choose between more pairs' : 'Choose between pairs'}
                    </button>
                  )}
                  <button type="button" class="word" onClick={leave}>
                    Back to the sheet
                  </button>
                </div>
              </div>
            </>
          );
        }}
      </Shown>
    </section>
  );
}

/** What was not measured when it was learnt can be measured now. */
export function Measures({ job, found, again }: { job: Job; found: Moments; again: () => void }) {
  useEvents(found.measuring, (type) => (type === 'measures' || type === 'state') && again());
  if (found.measuring) return <p class="small" role="status">{count(found.unmeasured, 'moment')} still to be measured. It takes seconds each.</p>;
  if (found.unmeasured === 0 || job.ended_at === null) return null;
  const measure = async () => {
    await answer(POST('/jobs', { body: { kind: 'measure', training_id: job.id } }));
    tell('Measuring', 'The moments are compared with your photographs.');
    again();
  };
  return (
    <div class="row small">
      <span>{found.unmeasured === found.moments.length ? 'No moment is measured.' : `${count(found.unmeasured, 'moment is', 'moments are')} not measured in full.`}</span>
      <Button look="quiet" busy="Asking" does={measure}>
        Measure them
      </Button>
    </div>
  );
}
