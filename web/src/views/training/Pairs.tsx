import { useState } from 'preact/hooks';
import type { MomentPair, Moments } from '../../api/client';
import type { Loaded } from '../../api/load';
import { useKeys } from '../../keys';
import { Button } from '../../parts/Button';
import { Point } from '../../parts/Point';
import { Shown } from '../../parts/States';
import { count } from '../../words';
import { type Choosing, useChoosing } from './choosing';
import { openness } from './standing';

interface PairsProps {
  id: string;
  moments: Loaded<Moments>;
  see: () => void; // the result
  leave: () => void; // back to the sheet
}

/** The same point at two moments, without a word of which is which. */
export function Pairs({ id, moments, see, leave }: PairsProps) {
  const choosing = useChoosing(id, moments);
  const { choose, undo } = choosing;
  const key = (does: () => void) => (event: KeyboardEvent) => (event.preventDefault(), does());
  useKeys({
    ArrowLeft: key(() => choose('left')),
    ArrowRight: key(() => choose('right')),
    ArrowDown: key(() => choose('neither')),
    Backspace: key(undo),
    Escape: leave,
  });
  const made = moments.value?.choices ?? 0;
  const none = choosing.pair.problem?.status === 409 && choosing.pair.value === undefined ? choosing.pair.problem : null;
  return (
    <section class="pairs" aria-labelledby="pairs-title">
      <div class="spread">
        <h2 id="pairs-title">Which one would you keep?</h2>
        <button type="button" class="word small" onClick={leave}>
          Back to the sheet
        </button>
      </div>
      {none ? (
        <p>{none.text}</p>
      ) : (
        <Shown of={choosing.pair} what="a pair" part>
          {(pair) => <Two pair={pair} choosing={choosing} />}
        </Shown>
      )}
      {!none && (
        <div class="spread">
          <p class="small" role="status">
            {made === 0 ? 'The same point at two moments. A dozen choices go a long way.' : `${count(made, 'choice')}. ${openness(moments.value)}`}
          </p>
          {made > 0 && (
            <div class="row">
              <button type="button" class="word small" onClick={see}>
                See which is best
              </button>
              <BeginAgain key={made} made={made} does={choosing.beginAgain} />
            </div>
          )}
        </div>
      )}
    </section>
  );
}

function Two({ pair, choosing: { choose, undo } }: { pair: MomentPair; choosing: Choosing }) {
  return (
    <>
      <div class="two" style={{ '--ratio': pair.left.width / pair.left.height }}>
        {(['left', 'right'] as const).map((side) => {
          const { artifact_id, rows, columns, width, height } = pair[side];
          return (
            <button key={side} type="button" aria-label={`Keep the ${side} one`} onClick={() => choose(side)}>
              <span key={pair.position} class="layer">
                <Point sheet={{ src: `/artifacts/${artifact_id}/image`, rows, columns, ratio: width / height }} place={pair.place} alt={`Invented picture, ${side}`} />
              </span>
            </button>
          );
        })}
      </div>
      <div class="between">
        <p class="caption">Left and Right keep one, Down neither, Backspace takes the last choice back.</p>
        <Button does={() => choose('neither')}>Neither</Button>
        {pair.position > 0 && (
          <Button look="quiet" icon="undo" does={undo}>
            Undo
          </Button>
        )}
      </div>
    </>
  );
}

/** It cannot be undone, so it is asked twice. */
function BeginAgain({ made, does }: { made: number; does: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <button type="button" class="word small" onClick={() => (asked ? does() : setAsked(true))}>
      {asked ? `Forget ${made === 1 ? 'the choice' : `all ${count(made, 'choice')}`}` : 'Begin again'}
    </button>
  );
}
