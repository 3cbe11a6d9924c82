import { answer, GET } from '../../api/client';
import { useEvents } from '../../api/load';
import { usePages } from '../../api/pages';
import { sizeFor, viewOfBrowser } from '../../api/tile';
import { ButtonLink } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { complain } from '../../parts/notices';
import { Picture } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { bytes, count, duration } from '../../words';
import { tileOf } from '../explore/place';
import { isGoing, type Journey, poster } from '../journey/journeys';
import { openRecipe } from '../journey/opening';
import { psiOf, recipeIn } from '../journey/recipe';
import { clock as told } from '../journey/time';
import './journeys.css';

/** Every journey by its film, or by where it begins. */
export default function Journeys() {
  const journeys = usePages('journeys', (query) => answer(GET('/journeys', { params: { query } })));
  const going = journeys.value?.some(({ job }) => isGoing(job)) ?? false;
  useEvents('all', (type) => (type === 'state' || (type === 'progress' && going)) && journeys.again());
  return (
    <div class="page stack">
      <div class="spread">
        <h1 tabIndex={-1}>Journeys</h1>
        <div class="row">
          <Opener />
          <ButtonLink href="#/journeys/new" look="primary" icon="plus">
            New journey
          </ButtonLink>
        </div>
      </div>
      <Shown of={journeys} what="your journeys" part>
        {(items) =>
          items.length === 0 ? (
            <p class="quiet-word">Pin three pictures, and there is a journey between them.</p>
          ) : (
            <ul class="journeys">
              {items.map((journey) => (
                <Card key={journey.id} journey={journey} />
              ))}
            </ul>
          )
        }
      </Shown>
      {journeys.next && (
        <button type="button" class="word" onClick={journeys.more}>
          Show earlier ones
        </button>
      )}
    </div>
  );
}

const SHOWN = 360; // CSS pixels

function Card({ journey }: { journey: Journey }) {
  const recipe = recipeIn(journey.recipe);
  const [film] = journey.videos;
  const [first] = recipe?.keyframes ?? [];
  const src = film ? () => poster(film.id) : first ? (size: number) => tileOf(first.model_id, { ...first.point, psi: psiOf(first) }, { size: sizeFor(size), view: `${viewOfBrowser()}-journey` }) : null;
  const { job } = journey;
  return (
    <li>
      <a href={`#/journeys/${journey.id}`}>
        {src ? <Picture kind="invented" src={src} shown={SHOWN} alt="" width={film?.width} height={film?.height} square={!film} linked patient /> : <span class="no-picture" />}
        <h2>{journey.name}</h2>
      </a>
      <p class="small">{isGoing(job) ? (job.state === 'queued' ? 'Its film waits to be made.' : `Its film is being made${job.remaining_s === null ? '' : `, ${duration(job.remaining_s)} left`}.`) : saidOf(journey, recipe?.duration_s ?? 0, recipe?.keyframes.length ?? 0)}</p>
      {isGoing(job) && job.state === 'running' && <progress max={Math.max(1, job.total)} value={job.done} aria-label={`The film of ${journey.name}, so far`} />}
    </li>
  );
}

function saidOf({ videos }: Journey, lasts: number, keyframes: number): string {
  const [film] = videos;
  if (!film) return `${told(lasts)}, ${count(keyframes, 'keyframe')}, no film yet`;
  return [told(film.duration_s), film.has_sound ? 'with sound' : '', bytes(film.size_bytes), videos.length > 1 ? count(videos.length, 'film') : ''].filter(Boolean).join(', ');
}

/** For those who do not drop files. */
function Opener() {
  const take = (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (file) openRecipe(file, { must: true }).catch(complain);
    input.value = '';
  };
  return (
    <label class="chooser button outline">
      <Icon name="film" />
      Open a recipe
      <input type="file" accept=".json,application/json" class="hidden" onChange={(event) => take(event.currentTarget)} />
    </label>
  );
}
