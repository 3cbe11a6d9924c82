import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from '../../api/post';
import { Button } from '../../parts/Button';
import { complain, tell } from '../../parts/notices';
import { Title } from '../../parts/Title';
import { go } from '../../routes';
import { capital } from '../../words';
import { Bar } from './Bar';
import { Before, takes, useEstimate } from './Before';
import { Choose, type Pick } from './Choose';
import { useEditing } from './editing';
import { type Filmed, useFilmed } from './filmed';
import { FilmPanel } from './FilmPanel';
import { Films } from './Films';
import './journey.css';
import { isGoing, type Journey, parting, removeJourney } from './journeys';
import { KeyframePanel } from './KeyframePanel';
import { useJourneyKeys } from './keys';
import { Making } from './Making';
import { useModels } from './models';
import { MusicPanel } from './MusicPanel';
import { Clock } from './playing';
import { LEAST_KEYFRAMES, type Recipe, recipeIn } from './recipe';
import { SavingWord } from './SavingWord';
import { useScale } from './scale';
import { useSaving } from './saving';
import { Screen } from './Screen';
import { useShots } from './shots';
import { heardOf, marksOf, soundOf, useSoundtrack } from './soundtrack';
import { Timeline } from './Timeline';
import { clock as told, tidy } from './time';
import { useTold } from './address';

interface EditorProps {
  journey: Journey;
  first: Recipe;
  begin: number; // seconds
  again: () => void;
}

export function Editor({ journey, first, begin, again }: EditorProps) {
  const marks = useRef<readonly number[]>([]);
  const known = useRef<Filmed | null>(null);
  const editing = useEditing(first, begin, marks, known);
  const { recipe, chosen } = editing;
  const clock = useRef<Clock>(null);
  clock.current ??= new Clock(begin);
  const time = clock.current;
  const audio = useRef<HTMLAudioElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [film, setFilm] = useState(false);
  const [choosing, setChoosing] = useState<'add' | 'replace' | null>(null);
  const saving = useSaving(journey, recipe, (now) => {
    const found = recipeIn(now.recipe);
    if (found) editing.begin(found);
    tell('Changed elsewhere', 'Another tab changed this journey; this is how it is now.');
  });
  const track = useSoundtrack(recipe.soundtrack?.id ?? null);
  const from = recipe.soundtrack?.from_s ?? 0;
  const heard = heardOf(track.value, from, recipe.duration_s);
  marks.current = marksOf(heard, recipe.soundtrack?.snap ?? 'none');
  const scaling = useScale(scroller, recipe.duration_s);
  const { job } = journey;
  const filmed = useFilmed(recipe, [job?.id, job?.state, job?.phase, recipe.soundtrack?.id].join());
  known.current = filmed;
  const shown = editing.asFilmed(recipe);
  const way = useShots(recipe, filmed !== null);
  const models = useModels(recipe.keyframes.map(({ model_id }) => model_id), recipe.keyframes[chosen]?.model_id);
  const estimate = useEstimate(recipe);
  useEffect(() => time.measure(recipe.duration_s, recipe.loop), [recipe.duration_s, recipe.loop]);
  const sound = track.value?.state === 'ready' ? track.value.id : null;
  useEffect(() => time.lead(sound ? audio.current : null, from), [sound, from]);
  useEffect(() => () => time.stop(), []);
  useTold(time);
  const at = () => tidy(time.at);
  const here = (): Pick | undefined => {
    const shot = way.shots.get(at());
    if (!shot) way.shots.want([at()]);
    return shot;
  };
  const add = ({ model_id, point }: Pick) => editing.add({ at_s: at(), model_id, point, hold_s: 0, psi: null, ease: 'smooth' });
  const replace = ({ model_id, point }: Pick) => editing.change(chosen, { model_id, point, psi: null, sample_id: null, photo_ids: [] });
  const addHere = () => {
    const pick = here();
    if (pick) add(pick);
    else tell('A moment', 'The picture here is on its way still.');
  };
  useJourneyKeys({ clock: time, editing: { ...editing, recipe: shown }, marks: marks.current, beats: heard?.beats ?? [], addHere });
  const few = recipe.keyframes.length < LEAST_KEYFRAMES;
  const make = async () => {
    await saving.flush();
    await post({ kind: 'journey', journey_id: journey.id });
    again();
  };
  const remove = () => {
    parting(['Deleted', `${recipe.name}. Its films stay among your films.`], (hidden) => go(hidden ? '#/journeys' : `#/journeys/${journey.id}`), () => removeJourney(journey.id));
  };
  const busy = isGoing(journey.job);
  const off = few ? 'A film goes from one keyframe to another: add one.' : estimate.value?.fits === false ? 'It does not fit here.' : saving.state === 'refused' ? 'What was changed last is refused.' : busy ? 'It is being made.' : undefined;
  return (
    <div class="journey page">
      <header class="journey-head">
        <Title name={recipe.name} of="this journey" rename={(name) => Promise.resolve(editing.set({ name }))} />
        <SavingWord saving={saving} reload={() => location.reload()} undo={editing.undo} />
        <p class="small journey-says">{saidOf(recipe)}</p>
        <button type="button" class="button outline" aria-expanded={film} aria-controls="journey-film" onClick={() => setFilm(!film)}>
          Film
        </button>
        <MakeIt off={off} does={make} />
      </header>
      <Screen way={way} clock={time} ratio={models.ratio} most={models.most} />
      <section class="timeline" aria-label="Timeline">
        <Bar clock={time} editing={editing} heard={heard} scaling={scaling} add={() => setChoosing('add')} />
        <Timeline recipe={shown} way={way} clock={time} chosen={chosen} heard={heard} steps={models.steps} scaling={scaling} scroller={scroller} choose={editing.choose} drag={editing.drag} />
      </section>
      <KeyframePanel recipe={shown} index={chosen} moments={models.moments} editing={editing} replace={() => setChoosing('replace')} />
      <div class="journey-side">
        {film && <FilmPanel editing={editing} drawn={models.most} />}
        <MusicPanel journey={journey} track={track.value} problem={track.problem} heard={heard} editing={editing} flush={saving.flush} />
        <Before recipe={recipe} of={estimate} />
      </div>
      <div class="journey-made">
        <Making job={journey.job} changed={again} />
        <Films videos={journey.videos} changed={again} />
        <p class="row">
          <a class="word small" href={`/journeys/${journey.id}/recipe`} download>
            Save the recipe
          </a>
          <button type="button" class="word small" onClick={remove}>
            Delete this journey
          </button>
        </p>
      </div>
      <div class="journey-bar">
        <span class="small">{estimate.value ? capital(takes(estimate.value).join(', ')) : ''}</span>
        <MakeIt off={off} does={make} quiet />
      </div>
      {sound && <audio ref={audio} src={soundOf(sound)} preload="auto" />}
      {choosing && <Choose title={choosing === 'add' ? 'Add a keyframe' : 'Another picture for this keyframe'} here={here} choose={choosing === 'add' ? add : replace} close={() => setChoosing(null)} />}
    </div>
  );
}

function MakeIt({ off, does, quiet = false }: { off: string | undefined; does: () => Promise<void>; quiet?: boolean }) {
  return (
    <Button look="primary" busy="Asking" off={quiet && off ? ' ' : off} does={() => does().catch(complain)}>
      Make the film
    </Button>
  );
}

function saidOf({ duration_s, fps, loop }: Recipe): string {
  return `${told(duration_s, { tenths: duration_s % 1 > 0 })}, ${fps} pictures a second, ${loop ? 'loops without a seam' : 'ends where it ends'}`;
}
