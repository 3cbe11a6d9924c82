import { useMemo, useRef, useState } from 'preact/hooks';
import type { Job } from '../../api/client';
import { Button } from '../../parts/Button';
import { complain } from '../../parts/notices';
import { Shown } from '../../parts/States';
import { Waiting } from '../../parts/Waiting';
import { count, duration, number, sentences } from '../../words';
import { useFrames } from './frames';
import type { PanelProps } from './Panels';
import { along, alongOf, type Place, pointOf, tileOf, withShift } from './place';
import { Side } from './Side';
import { useSeen } from './seen';
import { ENDS, Way } from './Way';
import { groupsOf, isActive, useWays, type Ways } from './ways';

const MOST_SHIFTS = 16; // that the server takes
const PIXELS = 96;

/** Ways through the model's space, each with a slider; the plane follows. */
export function Directions({ place, view, ratio, change, close }: PanelProps) {
  const [model] = useState(place.model); // stays, while one looks at other moments of its training
  const ways = useWays(model);
  const shift = place.at.shift ?? [];
  const to = (at: Place['at']) => change({ at });
  const all = ways.value?.all ?? [];
  const elsewhere = shift.filter(({ direction }) => all.every(({ id }) => id !== direction));
  return (
    <Side
      title="Directions"
      close={close}
      tools={
        shift.length > 0 && (
          <button type="button" class="word small" onClick={() => to(withShift(place.at, []))}>
            Reset all
          </button>
        )
      }
    >
      <Shown of={ways} what="its directions" part>
        {(found) => (found.all.length > 0 ? <List ways={ways} place={place} view={view} ratio={ratio} to={to} /> : <Finding job={found.job} find={ways.find} />)}
      </Shown>
      {ways.value && elsewhere.length > 0 && (
        <p class="small">
          Also along {count(elsewhere.length, 'direction')} of another moment.{' '}
          <button type="button" class="word" onClick={() => to(withShift(place.at, shift.filter((one) => !elsewhere.includes(one))))}>
            Let go
          </button>
        </p>
      )}
    </Side>
  );
}

interface ListProps {
  ways: Ways;
  place: Place;
  view: string;
  ratio: number;
  to: (at: Place['at']) => void;
}

function List({ ways, place, view, ratio, to }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const groups = groupsOf(ways.value?.all ?? []);
  const seen = useSeen(list, groups.flatMap((group) => group.ways.map(({ way }) => way.id)).join());
  // What a direction does is shown from where one is without any.
  const { psi, model } = place;
  const bare = withShift(place.at, []);
  const pictureOf = (id: string, amount: number) => tileOf(model, pointOf({ at: along(bare, id, amount), psi, model, d: 0, z: 0 }), { size: PIXELS, view: `${view}-ways` });
  const key = JSON.stringify([model, psi, bare]);
  const wanted = useMemo(() => [...new Set(seen.flatMap((id) => ENDS.map((amount) => pictureOf(id, amount))))], [seen, key]);
  const here = useFrames(wanted);
  const full = (place.at.shift?.length ?? 0) >= MOST_SHIFTS;
  return (
    <div ref={list} class="explore-ways">
      {groups.map(({ title, ways: some }) => (
        <section key={title} aria-label={title}>
          <h3 class="caption">{title}</h3>
          <ul>
            {some.map(({ way, called }) => {
              const amount = alongOf(place, way.id);
              return (
                <Way
                  key={way.id}
                  way={way}
                  called={called}
                  amount={amount}
                  pictures={ENDS.map((end) => here.get(pictureOf(way.id, end)))}
                  ratio={ratio}
                  off={full && amount === 0}
                  lead={(by) => to(along(place.at, way.id, by))}
                  rename={(name) => ways.rename(way, name).catch(complain)}
                  remove={() => {
                    ways.remove(way);
                    if (amount !== 0) to(along(place.at, way.id, 0));
                  }}
                />
              );
            })}
          </ul>
        </section>
      ))}
      {full && <p class="caption">A picture goes along at most {MOST_SHIFTS} directions at a time.</p>}
    </div>
  );
}

/** How far the look for directions is; where it failed, why, and a way on. */
function Finding({ job, find }: { job: Job | null; find: () => Promise<void> }) {
  const ended = job && !isActive(job);
  return (
    <div class="stack explore-finding" aria-live="polite">
      {job?.state === 'failed' && (
        <p class="small">
          <strong>{job.error?.title ?? 'The look failed'}.</strong> {sentences(job.error?.detail, job.error?.remedy)}
        </p>
      )}
      {ended ? (
        <>
          {job.state !== 'failed' && <p class="small">There are none on the list.</p>}
          <Button does={find} busy="Asking">
            Look for directions
          </Button>
        </>
      ) : (
        <>
          <p>Reverie looks for ways through this model: what in its pictures can be more, or less.</p>
          <p class="small">{job?.state === 'running' ? going(job) : 'They open here by themselves.'}</p>
          {job?.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label="Looking for directions" />}
          <Waiting job={job ?? undefined} />
        </>
      )}
    </div>
  );
}

function going({ done, total, remaining_s }: Job): string {
  const left = remaining_s === null ? '' : `, ${duration(remaining_s)} left`;
  return total > 0 ? `${number(done)} of ${count(total, 'small picture')} looked at${left}.` : 'It has begun.';
}
