import { useState } from 'preact/hooks';
import { answer, DELETE, GET } from '../../api/client';
import { type Enlargement, enlargements, jobsOf, type Of, type Original } from '../../api/large';
import { useEvents, useLoad } from '../../api/load';
import { useKeys } from '../../keys';
import { Button, ButtonLink } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { tell } from '../../parts/notices';
import { photoImage, sampleImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { type At, go, withQuery } from '../../routes';
import { bytes, capital, day, number } from '../../words';
import { Ask } from './Ask';
import { BeforeAfter } from './BeforeAfter';
import './large.css';
import { Under } from './Under';

/** A picture made larger, beside what it was: what it costs, how far it is, and the slider between the two. */
export default function Large({ at }: { at: At }) {
  const of: Of = { kind: at.path[0] === 'photos' ? 'photos' : 'samples', id: at.path[1] ?? '' };
  const key = `${of.kind} ${of.id}`;
  const original = useLoad(key, () => originalOf(of));
  const made = useLoad(`large ${key}`, () => enlargements(of));
  const jobs = useLoad(`enlarging ${key}`, () => jobsOf(of));
  const [asking, ask] = useState(false);
  useEvents('all', (type) => {
    if (type === 'state') (made.again(), jobs.again());
    if (type === 'progress') jobs.again();
  });
  const back = `#/${of.kind}/${of.id}`;
  useKeys({ Escape: () => go(back) });
  const items = made.value ?? [];
  const shown = items.find(({ id }) => id === at.query.get('of')) ?? items[0];
  const show = (one: Enlargement) => go(withQuery(at, { of: one.id }), { replace: true });
  const now = jobs.value?.now ?? null;
  const first = made.value?.length === 0 && jobs.value !== undefined && !now;
  return (
    <Shown of={original} what="this picture">
      {(found) => (
        <div class="page large">
          <header class="row">
            <a class="bare up" href={back} aria-label="Back to the picture">
              <Icon name="back" />
            </a>
            <h1 tabIndex={-1} class="in-bar" data-title="Enlarge">
              Enlarge <span>{found.title}</span>
            </h1>
          </header>
          {shown ? <BeforeAfter key={shown.id} original={found} large={shown} kind={of.kind} /> : <img class={`alone ${of.kind}`} src={found.src(1024)} width={found.width} height={found.height} alt={found.alt} />}
          {shown && <Said of={shown} gone={made.again} quiet={asking && !now} />}
          <Under job={now} failed={jobs.value?.failed ?? null} changed={() => (jobs.again(), made.again())} />
          {!now && (asking || first) && <Ask of={of} original={found} asked={() => (ask(false), jobs.again())} />}
          {!now && !asking && !first && (
            <p>
              <Button does={() => ask(true)}>Enlarge it in another way</Button>
            </p>
          )}
          {items.length > 1 && <Others items={items} shown={shown} show={show} />}
        </div>
      )}
    </Shown>
  );
}

/** By what it was enlarged, how large it is, and what one does with it. */
function Said({ of, gone, quiet }: { of: Enlargement; gone: () => void; quiet: boolean }) {
  const remove = async () => {
    await answer(DELETE('/enlargements/{enlargement_id}', { params: { path: { enlargement_id: of.id } } }));
    gone();
    tell('Deleted', 'The large picture is gone; the original stays as it was.');
  };
  return (
    <section class="said spread">
      <div class="stack">
        <p class="by">{capital(of.words)}.</p>
        <p class="small">{sizeOf(of)}</p>
        {of.print && <p class="small">{of.print.words.replaceAll(' x ', ' × ')}</p>}
      </div>
      <div class="row">
        <Button look="quiet" does={remove} busy="Deleting">
          Delete
        </Button>
        <ButtonLink look={quiet ? 'outline' : 'primary'} icon="save" href={`/enlargements/${of.id}/file`}>
          Save the {of.form === 'tiff' ? 'TIFF' : 'PNG'}
        </ButtonLink>
      </div>
    </section>
  );
}

function Others({ items, shown, show }: { items: Enlargement[]; shown: Enlargement | undefined; show: (one: Enlargement) => void }) {
  return (
    <section class="stack">
      <h2>Made of it so far</h2>
      <ul class="others">
        {items.map((one) => (
          <li key={one.id}>
            <button type="button" aria-pressed={one.id === shown?.id} onClick={() => show(one)}>
              <img src={`/enlargements/${one.id}/image?size=320`} alt="" width={one.width} height={one.height} loading="lazy" />
              <span>
                {one.factor} times {one.words.split(':')[0]}
                {one.print ? ', for print' : ''}
              </span>
              <span class="caption">{day(one.created_at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function sizeOf({ width, height, size_bytes, form }: Enlargement): string {
  return `${number(width)} × ${number(height)} px, ${form === 'tiff' ? 'TIFF' : 'PNG'}, ${bytes(size_bytes)}, colours in sRGB.`;
}

async function originalOf({ kind, id }: Of): Promise<Original> {
  if (kind === 'samples') {
    const { width, height, average, created_at, recipe } = await answer(GET('/samples/{sample_id}', { params: { path: { sample_id: id } } }));
    const seed: unknown = recipe['seed'];
    return { width, height, average, src: sampleImage(id), title: `${width} × ${height} px, found on ${day(created_at)}`, alt: typeof seed === 'number' ? `Invented picture, seed ${seed}` : 'Invented picture' };
  }
  const found = await answer(GET('/photos/{photo_id}', { params: { path: { photo_id: id } } }));
  const shrunk = Math.min(1, 2048 / Math.max(found.width ?? 1, found.height ?? 1)); // as it is kept for looking at
  const [width, height] = [Math.round((found.width ?? 1) * shrunk), Math.round((found.height ?? 1) * shrunk)];
  return { width, height, average: found.average, src: photoImage(id), title: found.name, alt: `Photograph, ${found.name}` };
}
