import type { Model, Sample } from '../../api/client';
import { complain, tell } from '../../parts/notices';
import { told } from '../../recipe';
import { licence } from '../../words';

/** How a picture was made, in words, and as the recipe that makes it again. */
export function Recipe({ sample, model }: { sample: Sample; model: Model | null }) {
  return (
    <section class="stack">
      <h2 tabIndex={-1}>How it was made</h2>
      <p>{told(sample.recipe, model)}</p>
      <dl class="facts">
        <dt>Model</dt>
        <dd>
          <a class="word" href={`#/models/${sample.model_id}`}>
            {model?.name ?? 'a model that is gone'}
          </a>
        </dd>
        {model && (
          <>
            <dt>Licence</dt>
            <dd>{licence(model)}</dd>
          </>
        )}
      </dl>
      {'clipboard' in navigator ? (
        <button type="button" class="word" onClick={() => copy(sample.recipe)}>
          Copy recipe
        </button>
      ) : (
        <label class="stack small">
          Recipe
          <textarea class="recipe" readOnly rows={4} value={JSON.stringify(sample.recipe)} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
    </section>
  );
}

/** A page over plain http has no clipboard: there, the recipe stands in the view as text. */
export function copy(recipe: Sample['recipe']): void {
  if (!('clipboard' in navigator)) document.querySelector<HTMLElement>('.recipe')?.focus();
  else navigator.clipboard.writeText(JSON.stringify(recipe)).then(() => tell('Copied', 'The recipe draws this very picture again.'), complain);
}
