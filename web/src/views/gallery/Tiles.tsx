import { useMemo, useRef } from 'preact/hooks';
import type { Sample } from '../../api/client';
import { useKeys } from '../../keys';
import type { Choosing } from '../../parts/grid/choosing';
import { Grid, type Steering } from '../../parts/grid/Grid';
import { type Sizes, usePinch } from '../../parts/grid/sizes';
import { Icon } from '../../parts/Icon';
import { Picture, sampleImage } from '../../parts/Picture';
import { saidOf, whence } from '../../recipe';

const AHEAD = 60; // pictures before the end of what is here: more is asked for

interface TilesProps {
  samples: Sample[];
  query: string; // of the list, so that a picture knows what stands beside it
  more: (() => void) | null; // null: all are here
  choosing: Choosing;
  sizes: Sizes;
}

/** The grid of what was drawn; it is read on where one comes near its end. */
export function Tiles({ samples, query, more, choosing: { chosen, choose }, sizes }: TilesProps) {
  const steering = useRef<Steering>(null);
  const room = useRef<HTMLDivElement>(null);
  usePinch(room, sizes);
  const sections = useMemo(() => [{ title: null, count: samples.length }], [samples.length]);
  useKeys({
    x: () => {
      const focused = steering.current?.focused() ?? null;
      if (focused !== null) choose(focused, false);
    },
  });
  return (
    <div ref={room} class="gallery">
      <Grid
        label="Pictures"
        sections={sections}
        partial={false}
        size={sizes.shown}
        item={(nth) => itemOf(samples[nth], query)}
        draw={(nth, px, urgent) => <Tile sample={samples[nth]} shown={px} urgent={urgent} />}
        chosen={chosen}
        choose={choose}
        want={(_, last) => last >= samples.length - AHEAD && more?.()}
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
