import type { RefObject } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Sample } from '../../api/client';
import { useKeys } from '../../keys';
import type { Choosing } from '../../parts/grid/choosing';
import { Grid, type Steering } from '../../parts/grid/Grid';
import { type Sizes, usePinch } from '../../parts/grid/sizes';
import { Icon } from '../../parts/Icon';
import { Picture, sampleImage } from '../../parts/Picture';
import { saidOf, whence } from '../../recipe';
import type { Seen } from './list';

interface TilesProps {
  seen: Seen;
  query: string; // of the list, so that a picture knows what stands beside it
  partial: boolean; // it goes on, nobody knows yet how far
  old: boolean; // it is the list of the sentence before
  want: (first: number, last: number) => void;
  choosing: Choosing;
  sizes: Sizes;
  steering: RefObject<Steering | null>;
  leave: (index: number) => void; // for the picture there
}

/** The grid of what was drawn: only what is near the window is there. */
export function Tiles({ seen, query, partial, old, want, choosing: { chosen, choose }, sizes, steering, leave }: TilesProps) {
  const room = useRef<HTMLDivElement>(null);
  usePinch(room, sizes);
  const sections = useMemo(() => [{ title: null, count: seen.total }], [seen.total]);
  useKeys({
    x: () => {
      const focused = steering.current?.focused() ?? null;
      if (focused !== null) choose(focused, false);
    },
  });
  const opened = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('.grid-room li > a') : null;
    if (link && !event.defaultPrevented) leave(Number(link.parentElement?.dataset['index']));
  };
  return (
    <div ref={room} class={old ? 'gallery dimmed' : 'gallery'} onClick={opened}>
      <Grid
        label="Pictures"
        sections={sections}
        partial={partial}
        size={sizes.shown}
        item={(nth) => itemOf(seen.at(nth), query)}
        draw={(nth, px, urgent) => <Tile sample={seen.at(nth)} shown={px} urgent={urgent} />}
        chosen={chosen}
        choose={choose}
        want={want}
        steering={steering}
      />
    </div>
  );
}

function itemOf(sample: Sample | undefined, query: string) {
  return sample && { id: sample.id, name: `the picture: ${whence(sample.recipe)}`, href: `#/samples/${sample.id}${query ? `?${query}` : ''}` };
}

function Tile({ sample, shown, urgent }: { sample: Sample | undefined; shown: number; urgent: boolean }) {
  if (!sample) return null;
  return (
    <>
      <span class="whole" style={{ inlineSize: `${Math.min(100, (100 * sample.width) / sample.height)}%` }}>
        <Picture key={sample.id} kind="invented" src={sampleImage(sample.id)} shown={shown} alt={saidOf(sample)} average={sample.average} blur={sample.blur} width={sample.width} height={sample.height} square={false} eager urgent={urgent} linked />
      </span>
      {sample.favourite && (
        <span class="star">
          <Icon name={sample.rating > 0 ? 'star' : 'heart'} filled />
        </span>
      )}
    </>
  );
}
