import { useState } from 'preact/hooks';
import { answer, GET, type Sample } from '../../api/client';
import { useLoad } from '../../api/load';
import { Picture, sampleImage } from '../../parts/Picture';
import { saidOf } from '../../recipe';
import { Panel } from '../explore/Panel';
import '../explore/panels.css';
import type { Point } from './recipe';

const MOST = 200;
const SOURCES = { pins: 'Pins', favourites: 'Favourites', latest: 'Latest' } as const;
type Source = keyof typeof SOURCES;
const EMPTY: Record<Source, string> = { pins: 'Nothing is pinned yet. In the explorer, P keeps the picture in the middle.', favourites: 'No picture has a star yet. In the gallery, S gives one.', latest: 'Nothing is drawn yet.' };

export interface Pick {
  model_id: string;
  point: Point;
}

interface ChooseProps {
  title: string;
  here: (() => Pick | undefined) | null; // the point at the playhead
  choose: (pick: Pick) => void;
  close: () => void;
}

/** Where a keyframe comes from: pins, favourites, the latest pictures, or the place where one is. */
export function Choose({ title, here, choose, close }: ChooseProps) {
  const [source, setSource] = useState<Source>('pins');
  const [none, setNone] = useState(false);
  const query = { limit: MOST, ...(source === 'pins' ? { pinned: true } : source === 'favourites' ? { favourite: true } : {}) };
  const found = useLoad(`to choose ${source}`, async () => (await answer(GET('/samples', { params: { query } }))).items);
  const take = (pick: Pick | undefined) => (pick ? (choose(pick), close()) : setNone(true));
  return (
    <Panel title={title} close={close}>
      <div class="row" role="group" aria-label="From where">
        {(Object.keys(SOURCES) as Source[]).map((one) => (
          <button key={one} type="button" class="button quiet part" aria-pressed={one === source} onClick={() => setSource(one)}>
            {SOURCES[one]}
          </button>
        ))}
        {here && (
          <button type="button" class="button outline" onClick={() => take(here())}>
            The picture at the playhead
          </button>
        )}
      </div>
      {none && (
        <p class="small" role="alert">
          That picture is on its way still. Try again in a moment.
        </p>
      )}
      {found.problem && <p class="small">{found.problem.text}</p>}
      {found.value?.length === 0 && <p class="small">{EMPTY[source]}</p>}
      <ul class="journey-choice">
        {found.value?.map((sample) => (
          <li key={sample.id}>
            <button type="button" aria-label={saidOf(sample)} onClick={() => take(pickOf(sample))}>
              <Picture kind="invented" src={sampleImage(sample.id)} shown={96} alt="" average={sample.average} blur={sample.blur} linked />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A sample as a place: the server puts in what its recipe says. */
export function pickOf({ id, model_id, recipe }: Sample): Pick {
  const psi: unknown = recipe['truncation_psi'];
  return { model_id, point: { anchor: { sample: id }, ...(typeof psi === 'number' ? { psi } : {}) } };
}
