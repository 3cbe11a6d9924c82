import { useRef } from 'preact/hooks';
import type { Sample } from '../../api/client';
import { Icon } from '../../parts/Icon';
import { Picture, sampleImage } from '../../parts/Picture';

interface TilesProps {
  samples: Sample[];
  query: string; // of the list, so that a picture knows what stands beside it
  shown: number; // px of a tile
  chosen: ReadonlySet<string>;
  choose: (id: string, through: boolean) => void;
}

const LONG_PRESS_MS = 500;

/** The grid: arrows move, Enter opens, X or the corner chooses, Shift up to there, a long press on a phone. */
export function Tiles({ samples, query, shown, chosen, choose }: TilesProps) {
  const pressed = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const held = useRef(false);
  const press = (id: string) => (event: PointerEvent) => {
    held.current = false;
    if (event.pointerType !== 'touch') return;
    pressed.current = setTimeout(() => {
      held.current = true;
      choose(id, false);
    }, LONG_PRESS_MS);
  };
  const release = () => clearTimeout(pressed.current);
  return (
    <ul class={chosen.size > 0 ? 'gallery choosing' : 'gallery'} style={{ '--tile': `${shown}px` }} onKeyDown={roam}>
      {samples.map((sample, index) => (
        <li key={sample.id} class={chosen.has(sample.id) ? 'chosen' : ''} data-id={sample.id}>
          <a
            href={`#/samples/${sample.id}${query ? `?${query}` : ''}`}
            tabIndex={index === 0 ? 0 : -1}
            onPointerDown={press(sample.id)}
            onPointerUp={release}
            onPointerCancel={release}
            onPointerMove={release}
            onContextMenu={(event) => held.current && event.preventDefault()}
            onClick={(event) => held.current && event.preventDefault()}
          >
            <Picture kind="invented" src={sampleImage(sample.id)} shown={shown} alt={`Invented picture, seed ${String(sample.recipe['seed'])}${sample.rating > 0 ? `, ${sample.rating} of 5 stars` : ''}`} average={sample.average} blur={sample.blur} width={sample.width} height={sample.height} square={false} linked />
            {sample.favourite && (
              <span class="star">
                <Icon name="star" filled />
              </span>
            )}
          </a>
          <button type="button" class="tick" tabIndex={-1} aria-pressed={chosen.has(sample.id)} aria-label={`Choose the picture of seed ${String(sample.recipe['seed'])}`} onClick={(event) => choose(sample.id, event.shiftKey)}>
            <span aria-hidden="true">✓</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Arrows move over the grid; one stop of the Tab key for all of it. */
function roam(event: KeyboardEvent): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const links = [...event.currentTarget.querySelectorAll('a')];
  const index = links.findIndex((link) => link === document.activeElement);
  const top = links[0]?.offsetParent instanceof HTMLElement ? links[0].getBoundingClientRect().top : 0;
  const columns = links.filter((link) => link.getBoundingClientRect().top === top).length;
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const wanted = event.key === 'Home' ? 0 : event.key === 'End' ? links.length - 1 : move === undefined ? -1 : index + move;
  const to = index < 0 ? undefined : links[wanted];
  if (!to) return;
  event.preventDefault();
  links.forEach((link) => (link.tabIndex = link === to ? 0 : -1));
  to.focus();
}

/** The picture that the keyboard is at. */
export function focused(): string | undefined {
  const tile = document.activeElement?.closest('[data-id]');
  return tile instanceof HTMLElement ? tile.dataset['id'] : undefined;
}
