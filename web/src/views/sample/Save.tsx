import { useRef } from 'preact/hooks';
import { problemOf, type Sample } from '../../api/client';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { tell } from '../../parts/notices';
import { fileName } from '../../recipe';
import type { Pair } from './parts';

interface SaveProps {
  sample: Sample;
  photos: readonly string[]; // those beside it; none, where nobody has looked
  pairs: Pair[]; // parts that are boxed, and joined with what they resemble
}

/** The picture, a print of it between the photographs, or its recipe. */
export function Save({ sample, photos, pairs }: SaveProps) {
  const menu = useRef<HTMLDivElement>(null);
  const print = (format: 'png' | 'pdf') => async () => {
    await printed(sample, photos, pairs, format);
    menu.current?.hidePopover();
  };
  const what = photos.length === 1 ? 'Diptych' : 'Triptych';
  const name = fileName(sample);
  return (
    <>
      <button type="button" class="button outline" popovertarget="sample-save">
        <Icon name="save" />
        <span>Save</span>
      </button>
      <div ref={menu} id="sample-save" popover="auto" class="sample-save" role="group" aria-label="Save">
        <a class="button quiet" href={`/samples/${sample.id}/image`} download={name} onClick={() => menu.current?.hidePopover()}>
          The picture
        </a>
        {photos.length > 0 && (
          <>
            <Button look="quiet" does={print('png')} busy="Printing">
              {what}, PNG
            </Button>
            <Button look="quiet" does={print('pdf')} busy="Printing">
              {what}, PDF
            </Button>
          </>
        )}
        <button type="button" class="button quiet" onClick={() => (saveRecipe(sample, name), menu.current?.hidePopover())}>
          Its recipe
        </button>
      </div>
    </>
  );
}

/** Where a print is: the photographs beside the picture, and what of it resembles what. */
export function printAddress({ id }: Pick<Sample, 'id'>, photos: readonly string[], pairs: Pair[], format: 'png' | 'pdf'): string {
  const query = new URLSearchParams({ photos: photos.join(','), format });
  const exact = (box: readonly number[]) => box.map((side) => Math.min(1, Math.max(0, side)).toFixed(4)).join(',');
  for (const { part, photo, box } of pairs.filter((pair) => photos.includes(pair.photo)).slice(0, 4)) {
    query.append('part', exact(part));
    query.append('counterpart', `${photos.indexOf(photo) + 1}:${exact(box)}`);
  }
  return `/samples/${id}/triptych?${query}`;
}

async function printed(sample: Sample, photos: readonly string[], pairs: Pair[], format: 'png' | 'pdf'): Promise<void> {
  const answered = await fetch(printAddress(sample, photos, pairs, format));
  if (!answered.ok) throw problemOf(await answered.json().catch(() => null), answered.status);
  const name = /filename="([^"]+)"/.exec(answered.headers.get('content-disposition') ?? '')?.[1] ?? `reverie-print.${format}`;
  keep(await answered.blob(), name);
  tell('Saved', `${name} is A4, lying${format === 'png' ? ', at 300 dots an inch' : ', with text that can be searched'}.`);
}

function saveRecipe({ recipe }: Sample, name: string): void {
  keep(new Blob([JSON.stringify(recipe, null, 2)], { type: 'application/json' }), name.replace(/\.png$/, '.json'));
}

function keep(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
