import { useState } from 'preact/hooks';
import { ButtonLink, Button } from '../../parts/Button';
import { complain, tell } from '../../parts/notices';
import { bytes, capital, moment } from '../../words';
import { file, parting, poster, removeVideo, type Video } from './journeys';
import { clock as told } from './time';

/** The films that were made of a journey, the newest first: each plays, is taken along, and tells how it was made. */
export function Films({ videos, changed }: { videos: Video[]; changed: () => void }) {
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const hide = (id: string) => (hidden: boolean) => setAway((old) => new Set(hidden ? [...old, id] : [...old].filter((one) => one !== id)));
  const shown = videos.filter(({ id }) => !away.has(id));
  if (shown.length === 0) return null;
  const remove = (video: Video) => parting(['Deleted', `The film of ${moment(video.created_at)}; its journey stays.`], hide(video.id), () => removeVideo(video.id).then(changed));
  return (
    <section class="journey-films stack" aria-labelledby="journey-films-title">
      <h2 id="journey-films-title">{shown.length === 1 ? 'The film' : 'The films'}</h2>
      <ul>
        {shown.map((video) => (
          <li key={video.id} class="stack">
            <Player video={video} />
            <p class="small">{saidOf(video)}</p>
            <div class="row">
              <ButtonLink href={file(video.id, { save: true })} icon="save">
                Save
              </ButtonLink>
              <Button look="quiet" icon="copy" does={() => copy(video)}>
                Copy the recipe
              </Button>
              <Button look="quiet" icon="trash" does={() => remove(video)}>
                Delete
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Player({ video }: { video: Video }) {
  const [broken, setBroken] = useState(false);
  const shape = { width: video.width, height: video.height };
  const name = `${video.name}, a film of invented pictures`;
  if (video.form === 'gif') return <img class="player" src={file(video.id)} alt={name} loading="lazy" {...shape} />;
  if (video.form === 'frames') return <img class="player" src={poster(video.id)} alt={`${video.name}, its first picture`} loading="lazy" {...shape} />;
  return (
    <>
      <video class="player" src={file(video.id)} poster={poster(video.id)} controls playsInline preload="metadata" aria-label={name} onError={() => setBroken(true)} {...shape} />
      {broken && (
        <p class="small" role="alert">
          This browser cannot play {video.form === 'mp4' ? 'H.264' : 'this WebM'}. Save the film to see it, or make it as {video.form === 'mp4' ? 'WebM' : 'MP4'}.
        </p>
      )}
    </>
  );
}

function saidOf(video: Video): string {
  const parts = [told(video.duration_s, { tenths: video.duration_s < 10 }), `${video.width} × ${video.height}`, `${video.fps} pictures a second`, bytes(video.size_bytes), video.has_sound ? 'with sound' : ''];
  return `${video.partial ? 'As far as it was made: ' : ''}${capital(parts.filter(Boolean).join(', '))}. ${capital(moment(video.created_at))}.`;
}

async function copy(video: Video): Promise<void> {
  const text = JSON.stringify(video.recipe, null, 1);
  if ('clipboard' in navigator) return navigator.clipboard.writeText(text).then(() => void tell('Copied', 'The recipe makes the same film anywhere. Drop it here as a file to open it.'), complain);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = `${video.name}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
