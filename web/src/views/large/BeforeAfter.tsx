import { useRef, useState } from 'preact/hooks';
import { type Enlargement, largeImage, type Original } from '../../api/large';
import { mirrored } from '../../keys';
import { Button } from '../../parts/Button';
import { useZoom } from '../../parts/zoom';

const STEP = 2; // per cent, for an arrow
const PAGE = 10;

interface BeforeAfterProps {
  original: Original;
  large: Enlargement;
  kind: 'samples' | 'photos';
}

/** The picture before and after, one over the other, parted by a line that a hand or arrows move. */
export function BeforeAfter({ original, large, kind }: BeforeAfterProps) {
  const [share, setShare] = useState(50); // per cent of the width, from where one begins to read, that is before
  const [closely, look] = useState(false);
  const track = useRef<HTMLDivElement>(null);
  const zoom = useZoom({ plain: true });
  if (zoom.zoomed && !closely) look(true);
  const set = (value: number) => setShare(Math.min(100, Math.max(0, value)));
  const follow = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box) return;
    const at = ((event.clientX - box.left) / box.width) * 100;
    set(mirrored() ? 100 - at : at);
  };
  const drag = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || !(event.currentTarget instanceof Element)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      event.stopPropagation();
      follow(event);
    },
    onPointerMove: (event: PointerEvent) => {
      if (event.currentTarget instanceof Element && event.currentTarget.hasPointerCapture(event.pointerId)) (event.stopPropagation(), follow(event));
    },
  };
  const press = (event: KeyboardEvent) => {
    const on = mirrored() ? -1 : 1;
    const steps: Record<string, number> = { ArrowRight: STEP * on, ArrowUp: STEP, ArrowLeft: -STEP * on, ArrowDown: -STEP, PageUp: PAGE, PageDown: -PAGE, Home: -100, End: 100 };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    set(share + step);
  };
  const by = large.words.split(':')[0] ?? '';
  const after = largeImage(large, closely);
  return (
    <figure class={`before-after ${kind}`} style={{ '--ratio': large.width / large.height, '--share': `${share}%` }}>
      <div class={zoom.zoomed ? 'frame zoomed' : 'frame'} {...zoom.frame}>
        <img class="after" src={after} width={large.width} height={large.height} alt={`${original.alt}, enlarged ${by}`} style={zoom.style} draggable={false} />
        <div class="cut" aria-hidden="true">
          <img class="before" src={original.src(4096)} width={large.width} height={large.height} alt="" style={zoom.style} draggable={false} />
        </div>
        <div ref={track} class="track" {...(zoom.zoomed ? {} : drag)} />
        <div class="divider" {...drag} onDblClick={(event) => event.stopPropagation()}>
          <div
            role="slider"
            tabIndex={0}
            aria-label="Before and after"
            aria-orientation="horizontal"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share)}
            aria-valuetext={`${Math.round(share)} % before, ${100 - Math.round(share)} % after`}
            onKeyDown={press}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M7 5 L2 10 L7 15 M13 5 L18 10 L13 15" />
            </svg>
          </div>
        </div>
        <span class="side start" aria-hidden="true">
          Before
        </span>
        <span class="side end" aria-hidden="true">
          After
        </span>
      </div>
      <figcaption class="row closely">
        <Button look="quiet" does={zoom.smaller} off={undefined}>
          Smaller
        </Button>
        <output aria-live="polite">{Math.round(zoom.scale * 100)} %</output>
        <Button look="quiet" does={zoom.larger}>
          Larger
        </Button>
      </figcaption>
    </figure>
  );
}
