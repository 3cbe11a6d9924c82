import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { count } from '../../words';
import { useFrames } from './frames';
import type { Place } from './place';

export interface Take {
  address: string; // of its picture
  word: string; // where it is on the way
  place: Place;
}

const FRAME_MS = 120;
export const FRAME = 512; // pixels of one

interface FilmProps {
  takes: Take[];
  first?: number;
  ratio: number;
  says: string; // what the scrubber goes along
  wander: (place: Place) => void;
}

/** Pictures along a way: a scrubber, and a film that plays; one can leave it anywhere. */
export function Film({ takes, first = 0, ratio, says, wander }: FilmProps) {
  const [at, setAt] = useState(first);
  const [playing, setPlaying] = useState(false);
  const here = useFrames(takes.map(({ address }) => address), { settled: 0 });
  const now = takes[Math.min(at, takes.length - 1)];
  const shown = takes.slice(0, at + 1).findLast(({ address }) => here.has(address)) ?? takes.find(({ address }) => here.has(address));
  useEffect(() => {
    if (!playing) return;
    if (at >= takes.length - 1) return setPlaying(false);
    const next = takes[at + 1];
    if (!next || !here.has(next.address)) return; // goes on when it is here
    const later = setTimeout(() => setAt(at + 1), FRAME_MS);
    return () => clearTimeout(later);
  }, [playing, at, here]);
  const play = () => {
    if (!playing && at >= takes.length - 1) setAt(0);
    setPlaying(!playing);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== ' ' || (event.target instanceof HTMLElement && event.target.closest('button'))) return;
    event.preventDefault();
    play();
  };
  if (!now) return null;
  return (
    <div class="film" onKeyDown={keys}>
      <span class="film-ground" style={{ aspectRatio: `${ratio}` }}>
        {shown && <img src={here.get(shown.address)} alt={`Invented picture, ${shown.word}`} />}
      </span>
      <div class="film-way">
        <span class="spread small">
          <span>{says}</span>
          <output>{now.word}</output>
        </span>
        <input autoFocus type="range" min="0" max={takes.length - 1} value={at} style={{ '--to': `${(100 * at) / Math.max(1, takes.length - 1)}%` }} aria-label={says} aria-valuetext={now.word} onInput={(event) => (setPlaying(false), setAt(Number(event.currentTarget.value)))} />
      </div>
      <p class="caption" aria-live="polite">
        {here.size < takes.length ? `${here.size} of ${count(takes.length, 'picture')} are here.` : `${count(takes.length, 'picture')}. Space plays, arrows go one by one.`}
      </p>
      <div class="row">
        <Button icon={playing ? 'pause' : 'play'} does={play}>
          {playing ? 'Stop' : 'Play'}
        </Button>
        <Button look="primary" does={() => wander(now.place)}>
          Wander from here
        </Button>
      </div>
    </div>
  );
}
