import { useState } from 'preact/hooks';
import { answer, PATCH, type Sample } from '../../api/client';
import { Icon } from '../../parts/Icon';
import { complain } from '../../parts/notices';

/** The words that a picture has: each leads to all that have it, and can be taken away. */
export function Tags({ sample, changed }: { sample: Sample; changed: () => void }) {
  const [word, setWord] = useState('');
  const set = (tags: string[]) => answer(PATCH('/samples/{sample_id}', { params: { path: { sample_id: sample.id } }, body: { tags } })).then(changed, complain);
  const add = (event: Event) => {
    event.preventDefault();
    if (word.trim()) void set([...sample.tags, word.trim()]).then(() => setWord(''));
  };
  return (
    <section class="stack tags">
      <h2>Tags</h2>
      {sample.tags.length > 0 && (
        <ul class="row">
          {sample.tags.map((tag) => (
            <li key={tag}>
              <a class="word" href={`#/gallery?${new URLSearchParams({ tag }).toString()}`}>
                <bdi>{tag}</bdi>
              </a>
              <button type="button" class="bare" aria-label={`Take away ${tag}`} onClick={() => void set(sample.tags.filter((one) => one !== tag))}>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="row" onSubmit={add}>
        <label>
          <span class="hidden">A tag to add</span>
          <input type="text" maxLength={64} value={word} placeholder="A word, such as fog" autocomplete="off" onInput={(event) => setWord(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button quiet">
          Add
        </button>
      </form>
    </section>
  );
}
