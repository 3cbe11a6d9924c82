import { useState } from 'preact/hooks';
import type { DatasetInFull } from '../../api/client';
import { Menu } from '../../parts/Menu';

const SIDES = [64, 128, 256, 512, 1024];

/** An archive as a file to take elsewhere: as it came, or as squares that other programs learn from. */
export function Save({ of }: { of: DatasetInFull }) {
  const [side, setSide] = useState('256');
  const file = `/datasets/${of.id}/file`;
  const kept = of.counts.ready + of.counts.repaired + of.counts.excluded;
  if (kept === 0) return null;
  return (
    <section class="stack small" aria-label="Take it elsewhere">
      <a class="word" download href={`${file}?format=originals`}>
        Save the originals
      </a>
      {of.usable_views > 0 && (
        <p>
          <a class="word" download href={`${file}?format=stylegan2&resolution=${side}`}>
            Save for StyleGAN2 tools
          </a>{' '}
          as squares of <Menu label="Size of the squares" value={side} choose={(one) => setSide(one ?? side)} options={SIDES.map((one): [string, string] => [`${one}`, `${one} px`])} />{of.aspect && `, squeezed from ${of.aspect}`}
        </p>
      )}
    </section>
  );
}
