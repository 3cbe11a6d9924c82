import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useKeyframeHands } from './hands';
import type { TimelineProps } from './Timeline';
import { psiOf } from './recipe';
import { KEY, SMALL } from './scale';
import { pictureOf } from './shots';
import { Small } from './Small';
import { betweens, clock as told, placeOf, spoken } from './time';

const PIXELS = 128; // of a keyframe's picture
const LEAST = 64; // of those between

/** Keyframes centred on their moments, small pictures between them; of a loop, the first one again at its end. */
export function Keyframes({ recipe, way, chosen, scaling: { scale, panned }, choose, drag, clock, timeOf, view }: TimelineProps & { timeOf: (event: PointerEvent) => number; view: string }) {
  const { keyframes, loop, duration_s } = recipe;
  const list = useRef<HTMLOListElement>(null);
  const hands = useKeyframeHands({ choose, drag, timeOf, go: (at) => (clock.stop(), clock.go(at)), panned });
  const first = keyframes[0];
  const last = keyframes.at(-1);
  const closes = loop && first && last && duration_s - last.at_s > 0;
  const between = useMemo(() => {
    const places = [...keyframes.map(({ at_s }) => at_s), ...(closes ? [duration_s] : [])];
    return betweens(places.map((at) => ({ at, half: KEY / 2 })), scale, SMALL, panned ? 10 : 24);
  }, [recipe, scale.width, scale.inset, panned]);
  const { shots, turn, path } = way;
  useEffect(() => shots.want(between), [shots, between.join()]);
  const key = (at: number) => ({ insetInlineStart: `${placeOf(scale, at)}px` });
  return (
    <div class="timeline-keys" data-path={path} data-turn={turn}>
      <ol aria-hidden="true" class="timeline-between">
        {between.map((at, nth) => {
          const shot = shots.get(at);
          return (
            <li key={nth} style={key(at)}>
              <Small src={shot && pictureOf(shot, LEAST, view)} size={SMALL} />
            </li>
          );
        })}
        {closes && (
          <li style={key(duration_s)} class="again">
            <Small src={pictureOf({ model_id: first.model_id, point: { ...first.point, psi: psiOf(first) } }, PIXELS, view)} size={KEY} />
            <span class="tick">{told(duration_s)}</span>
          </li>
        )}
      </ol>
      <ol ref={list} aria-label="Keyframes">
        {keyframes.map((one, nth) => (
          <li key={nth} style={key(one.at_s)} data-chosen={nth === chosen || undefined}>
            <button type="button" aria-pressed={nth === chosen} aria-label={`Keyframe ${nth + 1} of ${keyframes.length}, at ${spoken(one.at_s)}`} data-keyframe={nth} data-at={one.at_s} {...hands(nth)}>
              <Small src={pictureOf({ model_id: one.model_id, point: { ...one.point, psi: psiOf(one) } }, PIXELS, view)} size={KEY} />
            </button>
            <span class="tick" aria-hidden="true">
              {told(one.at_s)}
            </span>
            {one.hold_s > 0 && <span class="hold" style={{ inlineSize: `${(one.hold_s / scale.duration) * scale.width}px` }} />}
          </li>
        ))}
      </ol>
    </div>
  );
}
