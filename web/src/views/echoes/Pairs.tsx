import { useEffect, useMemo, useRef } from 'preact/hooks';
import { alikeSaid, type Echo, type Echoes, echoesOf, isEcho, pointIn } from '../../api/echoes';
import { altOf, captionOf } from '../../api/originals';
import { usePages } from '../../api/pages';
import { Grid, type Steering } from '../../parts/grid/Grid';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { Tile } from '../../parts/Tile';
import { capital, number } from '../../words';
import { Spark } from './Spark';

const SIZE = 310; // px of a pair
const BETWEEN = 6; // px, as in echoes.css
const BELOW = 86; // px for the curve and two lines

interface PairsProps {
  id: string;
  of: 'remembered' | 'forgotten';
  found: Echoes;
}

const EMPTY = {
  remembered: 'No picture that it draws comes nearest to one of your photographs. It may not have learnt for long enough.',
  forgotten: 'Every photograph is remembered: of each there is a picture that comes nearest to it.',
};

/** Photographs beside what comes nearest to them: only what is near the window is there. */
export function Pairs({ id, of, found }: PairsProps) {
  const total = found[of];
  const pages = usePages(`${id} ${of} ${found.made_at} ${total}`, async (where) => {
    const { items, next_cursor } = await echoesOf(id, of, where);
    return { items: [...items].filter(isEcho), next_cursor };
  });
  const rows = pages.value ?? [];
  const steering = useRef<Steering>(null);
  const wanted = useRef(0);
  const reach = () => wanted.current >= rows.length && pages.next && pages.more();
  useEffect(() => void reach(), [pages.value]); // one has moved on while they came
  const sections = useMemo(() => [{ title: null, count: total }], [total]);
  if (total === 0) return <p class="quiet-word">{EMPTY[of]}</p>;
  const steps = found.moments.map(({ step }) => step);
  return (
    <Shown of={pages} what="the photographs" part>
      {() => (
        <div class="pairs-room">
          <Grid
            label={of === 'remembered' ? 'Photographs and their echoes' : 'Photographs that are never remembered, beside what comes closest'}
            sections={sections}
            partial={false}
            size={SIZE}
            high={(cell) => Math.round((cell - BETWEEN) / 2) + BELOW}
            item={(nth) => itemOf(rows[nth], of)}
            draw={(nth, px, urgent) => <Pair of={rows[nth]} remembered={of === 'remembered'} steps={steps} shown={Math.round((px - BETWEEN) / 2)} urgent={urgent} pictures={found.pictures} />}
            want={(_, last) => {
              wanted.current = last;
              reach();
            }}
            steering={steering}
          />
        </div>
      )}
    </Shown>
  );
}

function itemOf(echo: Echo | undefined, of: PairsProps['of']) {
  return echo && { id: echo.photo.id, name: `${captionOf(echo.photo)}, ${of}`, href: `#/photos/${echo.photo.id}` };
}

interface PairProps {
  of: Echo | undefined;
  remembered: boolean;
  steps: number[];
  shown: number; // CSS pixels of one of the two
  urgent: boolean;
  pictures: number;
}

function Pair({ of, remembered, steps, shown, urgent, pictures }: PairProps) {
  if (!of) return null;
  const { photo, echo } = of;
  return (
    <span class="echo-pair">
      <span class="two-of-it">
        <Picture key={photo.id} kind="photo" src={photoImage(photo.id)} shown={shown} alt={altOf(photo)} average={photo.average} blur={photo.blur} eager urgent={urgent} linked />
        <Tile model={echo.model_id} point={pointIn(echo)} shown={shown} alt={`Invented picture at step ${number(echo.step)}`} urgent={urgent} linked />
      </span>
      <Spark values={of.curve} steps={steps} at={echo.step} />
      <span class="small">{capital(alikeSaid(of, echo.step))}</span>
      <span class="caption">{remembered ? `${number(of.pictures)} of ${number(pictures)} ${of.pictures === 1 ? 'comes' : 'come'} nearest to it` : 'what comes closest, though it is nearer to another'}</span>
    </span>
  );
}
