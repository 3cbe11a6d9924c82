import { useState } from 'preact/hooks';
import type { Model } from '../api/client';
import { bytes } from '../words';
import { squeezedTo } from './Point';
import './take.css';

const FORMATS = [
  { format: 'reverie', name: 'For Reverie', says: 'Its folder as a zip, with licence and lineage.' },
  { format: 'nvidia', name: 'For NVIDIA’s programs', says: 'A pickle that StyleGAN2-ADA and StyleGAN3 open.' },
  { format: 'rosinality', name: 'For rosinality’s', says: 'A checkpoint for PyTorch.' },
] as const;

/** A model as a file for elsewhere: in which format, and how exact. */
export function Take({ model }: { model: Model }) {
  const [half, setHalf] = useState(false);
  const size = (model.size_bytes / bytesEach(model)) * (half ? 2 : 4);
  return (
    <details class="take">
      <summary>Take it elsewhere</summary>
      <ul>
        {FORMATS.filter(({ format }) => format !== 'rosinality' || isPlain(model)).map(({ format, name, says }) => (
          <li key={format}>
            <a class="word" download href={`/models/${model.id}/file?format=${format}${half ? '&precision=fp16' : ''}`}>
              {name}
            </a>
            <span class="caption">{says}</span>
          </li>
        ))}
      </ul>
      <label class="small row">
        <input type="checkbox" checked={half} onChange={(event) => setHalf(event.currentTarget.checked)} />
        Half the size, slightly rounded
      </label>
      {squeezedTo(model) && <p class="caption">It draws squares, which are shown here as {squeezedTo(model)}. Other programs show the squares: stretch their pictures to it.</p>}
      <p class="caption">About {bytes(size)}.{model.terms ? ' Its licence goes along.' : ''}</p>
    </details>
  );
}

/** How many bytes a weight takes where the model is kept: two in bases and moments of a training, four in what was brought. */
function bytesEach(model: Model): number {
  return model.bundled || model.step !== null ? 2 : 4;
}

/** Whether rosinality's networks can be what this one is: they have neither clamps nor labels. */
function isPlain(model: Model): boolean {
  const shape: object = Object(model.facts['architecture']);
  const wanted: Record<string, unknown> = { channels: 3, c_dim: 0, architecture_g: 'skip', architecture_d: 'resnet', conv_clamp: null, mbstd_group_size: 4, mbstd_channels: 1 };
  const given = new Map(Object.entries(shape));
  return given.get('z_dim') === given.get('w_dim') && Object.entries(wanted).every(([name, value]) => !given.has(name) || given.get(name) === value);
}
