import { useRef, useState } from 'preact/hooks';
import { answer, GET, type Job, type Sheet } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { useKeys } from '../../keys';
import { labelsOf } from '../../api/draw';
import { Button, ButtonLink } from '../../parts/Button';
import { Draw } from '../../parts/Draw';
import { FilmStrip } from '../../parts/FilmStrip';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { count, number } from '../../words';
import { Best } from './Best';
import './best.css';
import { Curves } from './Curves';
import { Notices } from './Notices';
import { Pairs } from './Pairs';
import { type Playing, usePlaying } from './playing';
import { SheetGrid } from './SheetGrid';
import { leaning } from './standing';
import { Steering } from './Steering';
import { Three } from './Three';
import './training.css';

const ENDED = ['succeeded', 'failed', 'cancelled'];
const CURVES_MS = 10_000; // a curve of thousands of steps does not change its look faster

/** A training, live: the same points at every moment, and what was learnt so far. */
export default function Training({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const path = { params: { path: { job_id: id } } };
  const job = useLoad(id, () => answer(GET('/jobs/{job_id}', path)));
  const names = useNames(job.value);
  const sheets = useLoad(`${id} sheets`, () => answer(GET('/jobs/{job_id}/sheets', path)));
  const curves = useLoad(`${id} curves`, () => answer(GET('/jobs/{job_id}/curves', path)));
  const curvesAt = useRef(0);
  const ended = job.value ? ENDED.includes(job.value.state) : false;
  useEvents(ended ? null : id, (type) => {
    job.again();
    if (type === 'sheet' || type === 'snapshot' || type === 'state') sheets.again();
    const due = type === 'progress' && Date.now() - curvesAt.current > CURVES_MS;
    if (type !== 'measures' && type !== 'state' && !due) return;
    curvesAt.current = Date.now();
    curves.again();
  });
  const moments = useLoad(`${id} moments`, () => answer(GET('/jobs/{job_id}/moments', path)));
  useEvents(ended ? null : id, (type) => (type === 'measures' || type === 'sheet' || type === 'state') && moments.again());
  const [place, setPlace] = useState(0);
  const [times, setTimes] = useState(0);
  const keeping = { times, kept: () => (setTimes(times + 1), moments.again()) };
  const all = sheets.value ?? [];
  const asks = at.query.get('best');
  const wanted = at.query.get('step') ?? (asks === 'result' ? String(moments.value?.best ?? '') : null);
  const view = all.find((sheet) => String(sheet.step) === wanted) ?? all.at(-1);
  const look = (step: number) => go(withQuery(at, { best: null, step: step === all.at(-1)?.step ? null : String(step) }), { replace: !asks });
  const film = usePlaying(all, view, look);
  const turn = (by: number) => {
    const next = view && all[all.indexOf(view) + by];
    if (next) look(next.step);
  };
  useKeys({ '[': () => turn(-1), ']': () => turn(1), End: () => look(all.at(-1)?.step ?? 0) });
  const best = (shown: 'pairs' | 'result' | null) => {
    film.stop();
    const kept = shown === null && asks === 'result' ? wanted : null; // what one has seen last
    go(withQuery(at, { best: shown, step: kept }));
  };
  return (
    <Shown of={job} what="this training">
      {(found) => (
        <div class="page training">
          <section class="sheet-side">
            <div class="spread">
              <h1 tabIndex={-1} class="in-bar">
                {names.archive} <span>from {names.base}</span>
              </h1>
              {view && !asks && <p class="small">{count(view.rows * view.columns, 'point')}, the same at every step</p>}
            </div>
            {!view ? (
              <Before job={found} />
            ) : asks === 'pairs' ? (
              <Pairs id={id} moments={moments} see={() => best('result')} leave={() => best(null)} />
            ) : asks === 'result' ? (
              <Best job={found} moments={moments} sheets={all} place={place} keeping={keeping} choose={() => best('pairs')} leave={() => best(null)} />
            ) : (
              <SheetGrid sheet={view} place={place} watch={setPlace} />
            )}
            {view && (
              <>
                <div class="spread strip-under">
                  <p class="small">
                    {asks === 'pairs' ? 'Where it leans, so far' : `Moment at ${number(view.step)} of ${count(found.total, 'step')}`}
                    {wanted && !ended && !asks && (
                      <>
                        . <button type="button" class="word" onClick={() => look(all.at(-1)?.step ?? 0)}>Back to now</button>
                      </>
                    )}
                  </p>
                  {!asks && all.length > 1 && <Ways film={film} choices={moments.value?.choices ?? 0} best={best} />}
                </div>
                <FilmStrip
                  sheets={all}
                  coming={ended ? [] : toCome(found, all)}
                  at={asks === 'pairs' ? -1 : view.step}
                  place={place}
                  choose={(step) => (film.stop(), look(step))}
                  {...(asks || moments.value?.choices ? { leans: leaning(moments.value) } : {})}
                />
              </>
            )}
          </section>
          <aside>
            <Steering job={found} squares={names.squares} sheet={view} keeps={!asks} keeping={keeping} changed={job.again} />
            <Notices job={found} sheets={all} keeping={keeping} look={look} />
            {curves.value && <Curves of={curves.value} bests={moments.value?.bests ?? []} />}
            {found.dataset_id && all.some(({ step, model_id }) => step > 0 && model_id) && (
              <p>
                <a class="word" href={`#/trainings/${id}/echoes`}>
                  What it remembers of your photographs
                </a>
              </p>
            )}
            {view?.model_id && !asks && <FromMoment id={view.model_id} title={`Draw pictures from the moment at ${number(view.step)}`} />}
          </aside>
          {view && !asks && <Three job={found} moments={moments} sheets={all} place={place} ended={ended} look={look} keeping={keeping} />}
        </div>
      )}
    </Shown>
  );
}

/** What can be done with all moments together: watch it learn, and find the best one. */
function Ways({ film, choices, best }: { film: Playing; choices: number; best: (shown: 'pairs' | 'result') => void }) {
  useKeys({
    ' ': (event) => {
      if (event.target instanceof HTMLElement && event.target.closest('a, summary, button') && !event.target.closest('.filmstrip')) return;
      event.preventDefault();
      film.play();
    },
  });
  return (
    <div class="row">
      <Button look="quiet" icon={film.playing ? 'pause' : 'play'} does={film.play}>
        {film.playing ? 'Stop' : 'Watch it learn'}
      </Button>
      <Button look="quiet" does={() => best(choices > 0 ? 'result' : 'pairs')}>
        Which moment is best?
      </Button>
    </div>
  );
}

/** What it learns from, and what it knew before; read once, since neither changes while one watches. */
function useNames(job: Job | undefined): { archive: string; base: string; squares: number } {
  const [archive, base] = [job?.dataset_id ?? null, job?.model_id ?? null];
  const found = useLoad(`${archive} ${base}`, async () => ({
    dataset: archive ? await answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: archive } } })).catch(() => null) : null,
    model: base ? await answer(GET('/models/{model_id}', { params: { path: { model_id: base } } })).catch(() => null) : null,
  }));
  if (!job || !found.value) return { archive: 'A training', base: 'what it knew', squares: 0 };
  const { dataset, model } = found.value;
  return { archive: dataset?.name ?? 'An archive that is gone', base: base ? (model?.name ?? 'a base that is gone') : 'nothing', squares: dataset?.usable_views ?? 0 };
}

function Before({ job }: { job: Job }) {
  const words = job.state === 'queued' ? 'Waiting for its turn.' : 'Laying out the photographs. The first sheet shows what it knows before it has seen any of them.';
  return <p class="before">{ENDED.includes(job.state) ? 'It ended before its first sheet.' : words}</p>;
}

function toCome(job: Job, sheets: Sheet[]): number[] {
  const planned: unknown = job.params['snapshot_steps'];
  const last = sheets.at(-1)?.step ?? -1;
  const steps = Array.isArray(planned) ? planned.filter((step): step is number => typeof step === 'number') : [];
  return [...new Set([...steps.filter((step) => step > last && step < job.total), ...(last < job.total ? [job.total] : [])])].sort((one, other) => one - other).slice(0, 6);
}

function FromMoment({ id, title }: { id: string; title: string }) {
  const model = useLoad(`moment ${id}`, () => answer(GET('/models/{model_id}', { params: { path: { model_id: id } } })));
  return (
    <>
      <p class="wander">
        <ButtonLink icon="explore" href={`#/explore/${id}`}>
          Wander here
        </ButtonLink>
      </p>
      <Draw model={id} labels={model.value ? labelsOf(model.value) : []} title={title} archive={model.value?.dataset_id} />
    </>
  );
}
