import { useState } from 'preact/hooks';
import { answer, GET, PATCH, POST, type Photo, type Sightings } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { useKeys } from '../../keys';
import { Button } from '../../parts/Button';
import { Elsewhere } from '../../parts/Elsewhere';
import { Four } from '../../parts/Four';
import { wordsOf } from '../../parts/grid/place';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go } from '../../routes';
import { bytes, capital, count, day, sentences } from '../../words';
import { Alike } from './Alike';
import { FindIn } from './FindIn';
import { LabelOf } from './LabelOf';
import { LivesOn } from './LivesOn';
import './photo.css';

/** One photograph: what is known of it, which trainings have looked at it, and the way to take it out of all. */
export default function PhotoView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const where = { params: { path: { photo_id: id } } };
  const photo = useLoad(id, async () => {
    const [found, seen] = await Promise.all([answer(GET('/photos/{photo_id}', where)), answer(GET('/photos/{photo_id}/sightings', where))]);
    const archive = await answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: found.dataset_id } } }));
    return { photo: found, seen, archive };
  });
  useEvents('all', (type) => type === 'state' && photo.again());
  const choose = async () => {
    const now = photo.value;
    if (!now || !choosable(now.photo)) return;
    await answer(PATCH('/photos/{photo_id}', { ...where, body: { included: !isIn(now.photo) } }));
    photo.again();
  };
  useKeys({
    Escape: () => photo.value && go(wayBack(photo.value.archive.id)),
    x: () => void choose().catch(complain),
  });
  return (
    <Shown of={photo} what="this photograph">
      {({ photo: found, seen, archive }) => {
        const there = !['withdrawn', 'moved', 'refused'].includes(found.state);
        const pictured = found.width !== null && there;
        return (
          <div class="page one-photo">
            <header class="row">
              <a class="bare up" href={wayBack(archive.id)} aria-label={`Back to ${archive.name}`}>
                <Icon name="back" />
              </a>
              <h1 tabIndex={-1} class="in-bar filename">
                {found.name}
              </h1>
            </header>
            <div class="shown" style={{ '--ratio': (found.width ?? 1) / (found.height ?? 1) }}>
              {pictured ? (
                <Picture
                  kind="photo"
                  src={photoImage(id)}
                  shown={1024}
                  square={false}
                  alt={`Photograph, ${found.name}${found.taken_at ? `, ${day(found.taken_at)}` : ''}`}
                  width={found.width}
                  height={found.height}
                  average={found.average}
                  blur={found.blur}
                  eager
                />
              ) : (
                <p class="quiet-word">{found.state === 'withdrawn' ? 'It was withdrawn: its files are gone, and no training will look at it again.' : sentences(found.reason)}</p>
              )}
            </div>
            <section class="stack known">
              <dl class="facts">
                <dt>In</dt>
                <dd>
                  <a class="word" href={`#/archives/${archive.id}`}>
                    {archive.name}
                  </a>
                </dd>
                <dt>State</dt>
                <dd>{[found.state === 'excluded' ? 'Left out' : capital(found.state), found.state !== 'refused' && found.reason ? sentences(found.reason) : ''].filter(Boolean).join('. ')}</dd>
                {found.taken_at && (
                  <>
                    <dt>Taken</dt>
                    <dd>{day(found.taken_at)}</dd>
                  </>
                )}
                {pictured && (
                  <>
                    <dt>Size</dt>
                    <dd>
                      {found.width} × {found.height}
                      {found.size_bytes ? `, ${bytes(found.size_bytes)}` : ''}
                    </dd>
                  </>
                )}
              </dl>
              {there && archive.labels > 0 && <LabelOf photo={found} changed={photo.again} />}
              {found.state === 'moved' && found.moved_to && (
                <p>
                  <a class="word" href={`#/photos/${found.moved_to}`}>
                    Look at it there
                  </a>
                </p>
              )}
              {choosable(found) && (
                <p>
                  <Button does={choose} busy={isIn(found) ? 'Leaving out' : 'Taking in'}>
                    {isIn(found) ? 'Leave it out of training' : 'Take it into training'}
                  </Button>
                </p>
              )}
              {pictured && (
                <p>
                  <a class="word" href={`#/photos/${id}/large`}>
                    Enlarge it
                  </a>
                </p>
              )}
              {pictured && <FindIn photo={found} seen={seen} />}
              <Seen of={seen} withdrawn={found.state === 'withdrawn'} />
              {found.state !== 'withdrawn' && found.state !== 'moved' && <Withdraw id={id} archive={archive.id} name={found.name} seen={seen} changed={photo.again} />}
            </section>
            {pictured && <LivesOn of={found} />}
            {pictured && <Alike of={found} changed={photo.again} />}
          </div>
        );
      }}
    </Shown>
  );
}

const isIn = ({ state }: Photo) => state === 'ready' || state === 'repaired';
const choosable = (photo: Photo) => photo.width !== null && (isIn(photo) || photo.state === 'excluded' || photo.state === 'duplicate');

/** Which trainings have looked at it; after a withdrawal each can be done again without it. */
function Seen({ of, withdrawn }: { of: Sightings; withdrawn: boolean }) {
  return (
    <section class="stack">
      <h2>What has looked at it</h2>
      {of.trainings.length === 0 && <p class="small">No training that is still here.</p>}
      <ul class="stack">
        {of.trainings.map((one) => (
          <li key={one.job_id} class="seen">
            {one.last ? <Four model={one.last} /> : <span class="four none" />}
            <p class="small">
              <a class="word" href={`#/trainings/${one.job_id}`}>
                {one.last?.name ?? 'A training that has learnt nothing yet'}
              </a>
              <br />
              {one.learnt_on ? 'learnt on from one that looked at it' : count(one.models, 'moment')}
              {withdrawn && one.again && (
                <>
                  <br />
                  <a class="word" href={again(one.again)}>
                    Train again without it
                  </a>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The view where a training begins, with the choices of this one filled in. */
function again(params: Record<string, unknown>): string {
  const words = new URLSearchParams({ archive: String(params['dataset_id']) });
  for (const [name, key] of [['base', 'base_model_id'], ['steps', 'steps']] as const) if (params[key]) words.set(name, String(params[key]));
  return `#/train?${words}`;
}

function Withdraw({ id, archive, name, seen, changed }: { id: string; archive: string; name: string; seen: Sightings; changed: () => void }) {
  const [asked, setAsked] = useState(false);
  const [everywhere, setEverywhere] = useState(true);
  const withdraw = async () => {
    await answer(POST('/datasets/{dataset_id}/withdrawals', { params: { path: { dataset_id: archive } }, body: { photos: [id], everywhere } }));
    tell('Withdrawn', `${name} is gone from ${everywhere || seen.elsewhere.length === 0 ? "this machine's Reverie" : 'this archive'}.`);
    changed();
  };
  if (!asked)
    return (
      <button type="button" class="word small" onClick={() => setAsked(true)}>
        Withdraw this photograph
      </button>
    );
  return (
    <div class="stack">
      <p class="small">
        Its files are deleted here at once{seen.copies > 0 ? `, with ${count(seen.copies, 'copy', 'copies')} of it` : ''}; so is what was found of it in models. Only its name stays in the repair list.{' '}
        {seen.trainings.length > 0 && 'What networks have learnt from it cannot be taken out of them: delete them, and train again without it.'}
      </p>
      <Elsewhere of={seen} checked={everywhere} change={setEverywhere} />
      <div class="row">
        <Button does={withdraw} busy="Withdrawing">
          Withdraw it
        </Button>
        <Button look="quiet" does={() => setAsked(false)}>
          Leave it
        </Button>
      </div>
    </div>
  );
}

/** The address of the list that a photograph of this archive was opened from. */
function wayBack(archive: string): string {
  const words = wordsOf(archive);
  return `#/archives/${archive}${words ? `?${words}` : ''}`;
}
