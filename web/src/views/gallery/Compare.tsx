import { answer, GET, type Sample } from '../../api/client';
import { useLoad } from '../../api/load';
import { give, like } from '../../api/stars';
import { useKeys } from '../../keys';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { complain } from '../../parts/notices';
import { Picture, sampleImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { useZoom, type Zooming } from '../../parts/zoom';
import { saidOf, whence } from '../../recipe';
import { type At, go, withQuery } from '../../routes';
import { capital } from '../../words';
import './compare.css';
import { MOST_SIDES } from './query';

/** Two to four pictures beside each other; one looks closely at all of them at once. */
export default function Compare({ at }: { at: At }) {
  const ids = [...new Set((at.query.get('ids') ?? '').split(',').filter(Boolean))].slice(0, MOST_SIDES);
  const samples = useLoad(ids.join(), () => Promise.all(ids.map((id) => answer(GET('/samples/{sample_id}', { params: { path: { sample_id: id } } })))));
  const zoom = useZoom();
  const arrow = (right: number, down: number) => (event: KeyboardEvent) => {
    if (!zoom.zoomed) return;
    event.preventDefault();
    zoom.pan(right, down);
  };
  useKeys({
    '=': zoom.larger,
    '+': zoom.larger,
    '-': zoom.smaller,
    z: zoom.toggle,
    ArrowLeft: arrow(-1, 0),
    ArrowRight: arrow(1, 0),
    ArrowUp: arrow(0, -1),
    ArrowDown: arrow(0, 1),
    Escape: () => (zoom.zoomed ? zoom.whole() : history.back()),
  });
  return (
    <div class="page stack">
      <header class="spread">
        <div class="row">
          <a class="bare up" href="#/gallery" aria-label="Back to the gallery">
            <Icon name="back" />
          </a>
          <h1 tabIndex={-1} class="in-bar" data-title="Side by side">
            Side by side
          </h1>
        </div>
        <Closely zoom={zoom} />
      </header>
      {ids.length === 0 ? (
        <p class="quiet-word">Choose two to four pictures in the gallery, and compare them.</p>
      ) : (
        <Shown of={samples} what="these pictures" part>
          {(found) => (
            <ul class="sides" data-many={found.length} aria-label="Pictures side by side">
              {found.map((sample) => (
                <Side
                  key={sample.id}
                  sample={sample}
                  zoom={zoom}
                  changed={samples.again}
                  away={found.length > 1 ? () => go(withQuery(at, { ids: ids.filter((id) => id !== sample.id).join(',') }), { replace: true }) : null}
                />
              ))}
            </ul>
          )}
        </Shown>
      )}
    </div>
  );
}

function Closely({ zoom }: { zoom: Zooming }) {
  return (
    <div class="row closely" role="group" aria-label="How close">
      <button type="button" class="bare" aria-label="Farther" disabled={!zoom.zoomed} onClick={zoom.smaller}>
        −
      </button>
      <output class="small">{Math.round(100 * zoom.scale)} %</output>
      <button type="button" class="bare" aria-label="Closer" onClick={zoom.larger}>
        +
      </button>
    </div>
  );
}

interface SideProps {
  sample: Sample;
  zoom: Zooming;
  changed: () => void;
  away: (() => void) | null;
}

function Side({ sample, zoom, changed, away }: SideProps) {
  return (
    <li style={{ '--ratio': sample.width / sample.height }}>
      <div class={zoom.zoomed ? 'frame zoomed' : 'frame'} {...zoom.frame}>
        <div style={zoom.style}>
          <Picture kind="invented" src={sampleImage(sample.id)} shown={1024} alt={saidOf(sample)} width={sample.width} height={sample.height} average={sample.average} blur={sample.blur} square={false} eager />
        </div>
      </div>
      <div class="spread">
        <a class="word small" href={`#/samples/${sample.id}`}>
          {capital(whence(sample.recipe))}
        </a>
        <span class="row">
          <button type="button" class="bare" aria-pressed={sample.favourite} aria-label={`Favourite: ${whence(sample.recipe)}`} onClick={() => like(sample, !sample.favourite).then(changed, complain)}>
            <Icon name="heart" filled={sample.favourite} />
          </button>
          <button type="button" class="bare" aria-pressed={sample.rating > 0} aria-label={`Star: ${whence(sample.recipe)}`} onClick={() => give(sample, sample.rating > 0 ? 0 : 1).then(changed, complain)}>
            <Icon name="star" filled={sample.rating > 0} />
          </button>
          {away && (
            <Button look="quiet" does={away}>
              Put aside
            </Button>
          )}
        </span>
      </div>
    </li>
  );
}
