import { useRef, useState } from 'preact/hooks';
import { Problem } from '../../api/client';
import { useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';
import { sentences } from '../../words';
import { Composing } from './Composing';
import type { Editing } from './editing';
import type { Journey } from './journeys';
import { type Recipe, type Snap, SNAPS, type Soundtrack } from './recipe';
import { Slide } from './Slide';
import { type Heard, marksOf, send, type Sending, type Soundtrack as Track, soundtracks } from './soundtrack';
import { clock as told } from './time';

const USUAL: Omit<Soundtrack, 'id'> = { from_s: 0, snap: 'none', breathe: 0, loudness_lufs: -14 };
const SITS: Record<Snap, string> = { none: 'anywhere', beats: 'on beats', bars: 'on bars' };

interface MusicPanelProps {
  journey: Journey;
  track: Track | null | undefined;
  problem: Problem | undefined;
  heard: Heard | null;
  editing: Editing;
  flush: () => Promise<void>;
}

/** The music: brought, or composed from the journey; what keyframes sit on, and how much the motion breathes with it. */
export function MusicPanel({ journey, track, problem, heard, editing, flush }: MusicPanelProps) {
  const { recipe } = editing;
  const { soundtrack } = recipe;
  const [composing, setComposing] = useState(false);
  const take = (id: string) => editing.set({ soundtrack: { ...USUAL, id }, compose: null });
  const remove = () => editing.set({ soundtrack: null });
  return (
    <section class="journey-music stack" aria-label="Music">
      <h2>Music</h2>
      {soundtrack && (
        <>
          <p class="small" aria-live="polite">
            {problem?.nothing ? 'The music of this journey is not here any more. The film would be silent.' : said(track, soundtrack)}
          </p>
          {track?.state === 'ready' && heard && <Settings recipe={recipe} soundtrack={soundtrack} heard={heard} editing={editing} />}
        </>
      )}
      {!soundtrack && <p class="small">{recipe.compose ? 'Composed from the journey when the film is made.' : 'None yet: the film would be silent.'}</p>}
      <Bringing take={take} again={soundtrack !== null} />
      {!soundtrack && <Others take={take} />}
      <button type="button" class="word small" aria-expanded={composing} onClick={() => setComposing(!composing)}>
        {soundtrack ? 'Compose from the journey instead' : 'Compose from the journey'}
      </button>
      {composing && <Composing journey={journey} editing={editing} flush={flush} take={take} />}
      {(soundtrack ?? recipe.compose) && (
        <Button look="quiet" icon="trash" does={() => (soundtrack ? remove() : editing.set({ compose: null }))}>
          {soundtrack ? 'Take the music away' : 'No music'}
        </Button>
      )}
    </section>
  );
}

function said(track: Track | null | undefined, { snap }: Soundtrack): string {
  if (!track) return 'Fetching the music';
  if (track.state === 'listening') return `Listening to “${track.name}” for its beats. You can go on meanwhile.`;
  if (track.state === 'refused') return sentences(`“${track.name}” cannot be used: ${track.reason ?? 'it holds no music'}`);
  const beats = track.tempo ? `${Math.round(track.tempo)} beats a minute` : 'no beats were found in it';
  return sentences(`“${track.name}”, ${beats}`, track.tempo ? `Keyframes sit ${SITS[snap]}` : '');
}

function Settings({ recipe, soundtrack, heard, editing }: { recipe: Recipe; soundtrack: Soundtrack; heard: Heard; editing: Editing }) {
  const change = (to: Partial<Soundtrack>, doing = '') => editing.set({ soundtrack: { ...soundtrack, ...to } }, doing);
  const snap = (to: Snap) => editing.align(marksOf(heard, to), { soundtrack: { ...soundtrack, snap: to } });
  const latest = Math.max(0, heard.lasts - 1);
  return (
    <>
      {heard.beats.length > 0 && (
        <p class="small on">
          Keyframes sit <Menu label="What keyframes sit on" value={soundtrack.snap} options={SNAPS.map((one) => [one, SITS[one]])} choose={(to) => snap(SNAPS.find((one) => one === to) ?? 'none')} />
        </p>
      )}
      <Slide label="Moves with the music" value={soundtrack.breathe} least={0} most={1} step={0.05} says={(value) => (value === 0 ? 'not at all' : `${Math.round(100 * value)} %`)} change={(breathe) => change({ breathe }, 'breathe')} rest={editing.rest} />
      {heard.lasts > recipe.duration_s && <Slide label="The music begins at" value={Math.min(soundtrack.from_s, latest)} least={0} most={latest} step={0.1} says={(value) => told(value, { tenths: true })} change={(from_s) => change({ from_s }, 'from')} rest={editing.rest} />}
    </>
  );
}

/** A file from this computer, with how much of it is there, and why it was refused. */
function Bringing({ take, again }: { take: (id: string) => void; again: boolean }) {
  const [sending, setSending] = useState<{ name: string; share: number } | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const going = useRef<Sending | null>(null);
  const bring = (file: File) => {
    setRefused(null);
    setSending({ name: file.name, share: 0 });
    const sent = (going.current = send(file, (share) => setSending({ name: file.name, share })));
    sent.promise
      .then(take, (error: unknown) => {
        if (error instanceof Problem) setRefused(sentences(error.title, error.text));
        else if (!(error instanceof DOMException)) complain(error);
      })
      .finally(() => setSending(null));
  };
  if (sending)
    return (
      <div class="stack">
        <p class="small">
          {sending.share < 1 ? `Sending “${sending.name}”, ${Math.floor(100 * sending.share)} %` : `“${sending.name}” is here`}
        </p>
        <progress max={1} value={sending.share} aria-label={`Sending ${sending.name}`} />
        <button type="button" class="word small" onClick={() => going.current?.stop()}>
          Stop
        </button>
      </div>
    );
  return (
    <>
      <label class="chooser button outline">
        <Icon name="music" />
        <span>{again ? 'Bring other music' : 'Bring music'}</span>
        <input type="file" class="hidden" accept="audio/*,.mp3,.flac,.wav,.ogg,.m4a" onChange={(event) => (event.currentTarget.files?.[0] && bring(event.currentTarget.files[0]), (event.currentTarget.value = ''))} />
      </label>
      {refused && (
        <p class="small" role="alert">
          {refused}
        </p>
      )}
    </>
  );
}

/** Music that other journeys have. */
function Others({ take }: { take: (id: string) => void }) {
  const known = useLoad('soundtracks', async () => (await soundtracks()).filter(({ state }) => state === 'ready'));
  if (!known.value?.length) return null;
  return (
    <p class="small on">
      Or take <Menu label="Music that is here" value="" options={[['', 'music that is here'], ...known.value.map(({ id, name }): [string, string] => [id, name])]} choose={(id) => id && take(id)} />
    </p>
  );
}
