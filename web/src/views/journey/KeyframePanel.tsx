import { useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Menu } from '../../parts/Menu';
import { inWords } from '../../recipe';
import { count, number } from '../../words';
import type { Moment } from '../explore/model';
import type { Editing } from './editing';
import { mostHold } from './edit';
import { type Ease, psiOf, type Recipe } from './recipe';
import { Slide } from './Slide';
import { clock as told, readTime, spoken } from './time';

const LONGEST_STAY = 20; // seconds, by slider; more is typed
const EASED: [Ease, string][] = [
  ['smooth', 'smoothly'],
  ['linear', 'at one speed'],
  ['in', 'slowly at first'],
  ['out', 'slowly at last'],
];

interface KeyframePanelProps {
  recipe: Recipe;
  index: number;
  moments: Moment[]; // of the training that its model is of
  editing: Editing;
  replace: () => void;
}

/** What the chosen keyframe is: how long one stays, how strange it is, how far it had learnt, how it goes on. */
export function KeyframePanel({ recipe, index, moments, editing, replace }: KeyframePanelProps) {
  const keyframe = recipe.keyframes[index];
  if (!keyframe)
    return (
      <section class="journey-keyframe stack" aria-label="Keyframe">
        <h2>No keyframe is chosen</h2>
        <p class="small">A click on a picture below chooses it; K puts one where you are.</p>
      </section>
    );
  const { at_s, hold_s, ease } = keyframe;
  const change = (to: Parameters<Editing['change']>[1], doing: string) => editing.change(index, to, doing && `${doing} ${index}`);
  const at = moments.findIndex(({ model }) => model === keyframe.model_id);
  const here = moments[at];
  return (
    <section class="journey-keyframe stack" aria-label="Keyframe">
      <div class="spread">
        <h2>Keyframe at {told(at_s)}</h2>
        <When key={`${index} ${at_s}`} at={at_s} set={(moment) => editing.move(index, moment)} />
      </div>
      <Slide label="Stay here" value={hold_s} least={0} most={Math.max(0.1, Math.min(LONGEST_STAY, mostHold(recipe, index)))} step={0.1} says={(value) => (value === 0 ? 'not at all' : `${value} s`)} change={(value) => change({ hold_s: Math.min(value, mostHold(recipe, index)) }, 'stay')} rest={editing.rest} />
      <Slide
        label="Typical to strange"
        value={psiOf(keyframe)}
        least={0}
        most={1}
        step={0.01}
        says={(value) => value.toFixed(2)}
        title={`Truncation: at 0 there is one single picture. Now ${inWords(psiOf(keyframe))}.`}
        change={(psi) => change({ psi }, 'strange')}
        rest={editing.rest}
      />
      {moments.length > 1 && at >= 0 && (
        <Slide label="How far it had learnt" value={at} least={0} most={moments.length - 1} step={1} says={(nth) => count(moments[Math.round(nth)]?.step ?? here?.step ?? 0, 'step')} change={(nth) => change({ model_id: moments[Math.round(nth)]?.model ?? keyframe.model_id }, 'learnt')} rest={editing.rest} />
      )}
      <p class="small on">
        It goes on <Menu label="How it goes on" value={ease} options={EASED} choose={(to) => change({ ease: EASED.find(([name]) => name === to)?.[0] ?? 'smooth' }, '')} />
      </p>
      <div class="deeds">
        <Button look="quiet" icon="copy" does={() => editing.duplicate(index)}>
          Duplicate
        </Button>
        <Button look="quiet" icon="replace" does={replace}>
          Replace
        </Button>
        <Button look="quiet" icon="trash" does={() => editing.remove(index)}>
          Remove
        </Button>
      </div>
      <p class="hidden" aria-live="polite">{`Keyframe ${number(index + 1)} of ${number(recipe.keyframes.length)}, at ${spoken(at_s)}`}</p>
    </section>
  );
}

/** The moment as a number, for those who do not drag. */
function When({ at, set }: { at: number; set: (at: number) => void }) {
  const [wrong, setWrong] = useState(false);
  const take = (text: string) => {
    const moment = readTime(text);
    setWrong(moment === null);
    if (moment !== null && moment !== at) set(moment);
  };
  return (
    <label class="when small">
      <span class="hidden">Its moment</span>
      <input type="text" inputMode="decimal" aria-invalid={wrong} defaultValue={told(at, { tenths: true })} onChange={(event) => take(event.currentTarget.value)} />
      {wrong && <span role="alert">Minutes and seconds, such as 0:17.5</span>}
    </label>
  );
}
