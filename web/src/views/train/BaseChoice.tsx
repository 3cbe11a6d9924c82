import type { Model } from '../../api/client';
import { licence, moment } from '../../words';

/** What the network knows already: a native group of radio buttons. */
export function BaseChoice({ models, base, choose }: { models: Model[]; base: Model; choose: (id: string) => void }) {
  const alike = (one: Model) => models.some((other) => other.id !== one.id && other.name === one.name);
  return (
    <fieldset class="bases stack">
      <legend>What does it know already?</legend>
      <p class="small">It starts from these pictures and forgets them for yours.</p>
      {models.map((model) => (
        <label key={model.id} class={model.id === base.id ? 'base chosen' : 'base'}>
          {model.sheet ? <img src={`/models/${model.id}/sheet`} alt="" width="92" height="92" loading="lazy" /> : <span class="no-sheet" />}
          <span>
            <strong>{model.name}</strong>
            <span class="small">
              {model.resolution} px. {model.bundled ? 'Made for Reverie. ' : ''}
              {alike(model) ? `Of ${moment(model.created_at)}. ` : ''}
              {licence(model)}.
            </span>
          </span>
          <input type="radio" name="base" value={model.id} checked={model.id === base.id} onChange={() => choose(model.id)} />
        </label>
      ))}
    </fieldset>
  );
}
