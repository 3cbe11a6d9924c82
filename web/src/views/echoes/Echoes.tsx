import { answer, GET } from '../../api/client';
import { type Echoes as Found, echoesOf, LISTS, type Of } from '../../api/echoes';
import { useEvents, useLoad } from '../../api/load';
import { Icon } from '../../parts/Icon';
import { Look, notLooked } from '../../parts/Look';
import { notEchoed, Seek } from '../../parts/Seek';
import { Shown } from '../../parts/States';
import { Tabs } from '../../parts/Tabs';
import { type At, withQuery } from '../../routes';
import { count, day, number } from '../../words';
import './echoes.css';
import { Implied } from './Implied';
import { Pairs } from './Pairs';

const NAMES: Record<Of, string> = { remembered: 'Remembered', forgotten: 'Never remembered', implied: 'Implied but never taken' };

/** What a training remembers of its archive, what it never does, and what it draws where nobody has taken a photograph. */
export default function Echoes({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const of = LISTS.find((one) => one === at.query.get('of')) ?? 'remembered';
  const names = useLoad(`${id} names`, () => namesOf(id));
  const last = useLoad(`echoes ${id}`, () => echoesOf(id, 'remembered', { limit: 1 })); // what stands in all lists; each reads its own
  useEvents('all', (type) => type === 'state' && last.again());
  const { value, problem, again } = last;
  return (
    <Shown of={names} what="this training">
      {({ archive, steps, dataset }) => (
        <div class="page echoes">
          <header class="stack">
            <div class="row">
              <a class="bare up" href={`#/trainings/${id}`} aria-label="Back to the training">
                <Icon name="back" />
              </a>
              <h1 tabIndex={-1} class="in-bar">
                Echoes of {archive} <span>in {count(steps, 'step')} of learning</span>
              </h1>
            </div>
            {value && <p class="says">{said(value)}</p>}
          </header>
          {!value && problem ? (
            notEchoed(problem) ? (
              <Seek training={id} why={`${problem.detail} ${WHY}`} takes="" word="Look for echoes" primary found={again} />
            ) : notLooked(problem) && dataset ? (
              <Look dataset={dataset} why={problem.detail} looked={again} />
            ) : problem.status === 409 ? (
              <p class="quiet-word">{problem.text}</p>
            ) : (
              <Shown of={last} what="what it remembers" part>
                {() => null}
              </Shown>
            )
          ) : (
            <>
              {value && <Missing id={id} found={value} again={again} />}
              <Tabs label="Echoes" tabs={LISTS.map((one) => ({ name: NAMES[one], href: withQuery(at, { of: one === 'remembered' ? null : one }), here: one === of, count: value?.[one] }))} />
              {value && <Kept of={of} id={id} found={value} />}
            </>
          )}
        </div>
      )}
    </Shown>
  );
}

const WHY = 'Reverie draws pictures at each of its moments, and compares them with your photographs: which live on in them, which never do, and what is drawn although nobody has taken it.';

function Kept({ of, id, found }: { of: Of; id: string; found: Found }) {
  return (
    <>
      <div class="spread under-tabs">
        <p class="small">
          {count(found.pictures, 'picture')} of {found.moments.length === 1 ? 'its one moment' : `each of ${count(found.moments.length, 'moment')}`}, looked at on {day(found.made_at)}
        </p>
        <p class="caption">Resemblance, never proof</p>
      </div>
      {of === 'implied' ? <Implied id={id} found={found} /> : <Pairs key={of} id={id} of={of} found={found} />}
    </>
  );
}

/** What came since: new photographs, or moments that the training has learnt meanwhile. */
function Missing({ id, found: { missing, job }, again }: { id: string; found: Found; again: () => void }) {
  const what = [missing.photos > 0 ? count(missing.photos, 'photograph') : '', missing.moments > 0 ? count(missing.moments, 'moment') : ''].filter(Boolean).join(' and ');
  if (!what) return null;
  const one = missing.photos + missing.moments === 1;
  return <Seek training={id} before={job} why={`${what} came since, and ${one ? 'is' : 'are'} not among these yet. What was found stays.`} word={one ? 'Look at it as well' : 'Look at them as well'} added found={again} />;
}

function said({ photos, remembered, forgotten, missing }: Found): string {
  const far = missing.moments > 0 ? ', so far' : ''; // moments that are still to be looked at may remember more
  if (photos === 0) return 'None of the photographs that it learnt from is here any more.';
  if (forgotten === 0) return photos === 1 ? 'The one photograph lives on in what it draws.' : `All of ${count(photos, 'photograph')} live on in what it draws.`;
  return `Of ${count(photos, 'photograph')} ${remembered === 0 ? 'none lives' : `${number(remembered)} ${remembered === 1 ? 'lives' : 'live'}`} on in what it draws${far}.`;
}

async function namesOf(id: string): Promise<{ archive: string; steps: number; dataset: string | null }> {
  const job = await answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } }));
  const dataset = job.dataset_id ? await answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: job.dataset_id } } })).catch(() => null) : null;
  return { archive: dataset?.name ?? 'an archive that is gone', steps: job.done, dataset: dataset?.id ?? null };
}
