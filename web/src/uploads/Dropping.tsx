import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/Icon';
import type { IconName } from '../parts/icons';
import { complain } from '../parts/notices';
import type { At } from '../routes';
import type { Entry } from './tar';
import { fromDrop, fromInput, modelsIn, parcels } from './collect';
import '../parts/button.css';
import './dropping.css';
import { comeBack } from './comeback';
import { bring, bringModels, prepare } from './sending';

/** The whole window takes what is dropped: models where models are, photographs into the archive in view or a new one.
 *
 * A single picture that was drawn here leads to its place, unless it is let go over an archive. */
export function Dropping({ at }: { at: At }) {
  const [over, setOver] = useState(false);
  const dataset = at.path[0] === 'archives' ? at.path[1] : undefined;
  const models = at.path[0] === 'models';
  const journeys = at.path[0] === 'journeys';
  const gallery = at.path[0] === 'gallery' || at.path[0] === 'samples';
  const latest = useRef({ dataset, models });
  latest.current = { dataset, models };
  useEffect(prepare, []);
  useEffect(() => {
    const carries = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const drag = (event: DragEvent) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!carries(event) || !event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      fromDrop(event.dataTransfer)
        .then((entries) => taken(entries, latest.current))
        .catch(complain);
    };
    addEventListener('dragover', drag);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', drag);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  if (!over) return null;
  return <p class="dropping">{models ? 'Let go to bring a model' : journeys ? 'Let go to open a recipe, or to begin an archive' : gallery ? 'Let go to find where a picture was drawn, or to begin an archive' : dataset ? 'Let go to add to this archive' : 'Let go to begin an archive'}</p>;
}

interface Into {
  dataset?: string | undefined;
  models: boolean;
  published?: string | undefined; // the entry of the catalogue that a model file is
}

async function taken(entries: Entry[], into: Into): Promise<void> {
  const [one, ...more] = entries;
  if (one && more.length === 0 && !into.dataset && (await comeBack(one.file))) return;
  if (one && more.length === 0 && !into.dataset && /\.json$/i.test(one.file.name) && (await opened(one.file))) return;
  const { models, rest } = modelsIn(entries, into.models);
  bringModels(models, into.published);
  if (rest.length > 0 || models.length === 0) await bring(parcels(rest), into.dataset);
}

/** A recipe of a journey, let go anywhere, becomes that journey. */
async function opened(file: File): Promise<boolean> {
  return (await import('../views/journey/opening')).openRecipe(file);
}

interface ChooserProps {
  label: string;
  folder?: boolean;
  models?: boolean;
  look: 'primary' | 'outline' | 'word';
  icon?: IconName;
  dataset?: string;
  published?: string;
}

/** The same for those who do not drag: a label that opens the system's dialog. */
export function Chooser({ label, folder = false, models = false, look, icon, dataset, published }: ChooserProps) {
  const take = (input: HTMLInputElement) => {
    if (input.files) taken(fromInput(input.files), { dataset, models, published }).catch(complain);
    input.value = '';
  };
  return (
    <label class={look === 'word' ? 'chooser word' : `chooser button ${look}`}>
      {icon && <Icon name={icon} />}
      {label}
      <input
        type="file"
        multiple={!published}
        class="hidden"
        {...(folder ? { webkitdirectory: true } : { accept: models ? '.pkl,.pt,.pth,.zip' : '.zip,.tar,.tgz,.gz,.bz2,.xz,.zst,.tzst,image/*' })}
        onChange={(event) => take(event.currentTarget)}
      />
    </label>
  );
}
