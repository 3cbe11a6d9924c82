import type { Photo } from '../../api/client';
import { type Life, livesOf } from '../../api/echoes';
import { useEvents, useLoad } from '../../api/load';
import { Look, notLooked } from '../../parts/Look';
import { Picture, sampleImage } from '../../parts/Picture';
import { Seek } from '../../parts/Seek';
import { Shown } from '../../parts/States';
import { whence } from '../../recipe';
import { capital, count } from '../../words';
import { LifeIn } from './LifeIn';
import './liveson.css';

/** Where a photograph lives on: in which pictures of which moments, and among what was kept. */
export function LivesOn({ of }: { of: Photo }) {
  const lives = useLoad(of.id, () => livesOf(of.id));
  useEvents('all', (type) => type === 'state' && lives.again());
  return (
    <section class="stack lives" aria-labelledby="lives-title">
      <div class="spread">
        <h2 id="lives-title">Lives on in</h2>
        <p class="caption">Resemblance, never proof</p>
      </div>
      {notLooked(lives.problem) ? (
        <Look dataset={of.dataset_id} why={lives.problem?.detail ?? ''} looked={lives.again} />
      ) : lives.problem?.status === 409 ? (
        <p class="small">{lives.problem.text}</p>
      ) : (
        <Shown of={lives} what="where it lives on" part>
          {({ items, samples, jobs }) => (
            <div class="stack all-lives">
              {items.length + jobs.length + samples.length === 0 && <p class="small">Nothing has learnt from it yet.</p>}
              {ordered(items).map((life) => (
                <LifeIn key={life.training_id} photo={of} life={life} again={lives.again} />
              ))}
              {jobs.map(({ training_id, name, job, takes }, nth) => (
                <Seek key={training_id} training={training_id} before={job} takes={takes} why={`Nobody has looked yet where your photographs live on in ${name}.`} word="Where does it live on?" primary={nth === 0} found={lives.again} />
              ))}
              {samples.length > 0 && (
                <section class="stack" aria-label="Among what was drawn">
                  <h3>{count(samples.length, 'picture')} of the gallery {samples.length === 1 ? 'comes' : 'come'} nearest to it</h3>
                  <ul class="prints">
                    {samples.map(({ sample, words }) => (
                      <li key={sample.id}>
                        <a href={`#/samples/${sample.id}`} title={capital(words)}>
                          <Picture kind="invented" src={sampleImage(sample.id)} shown={132} alt={`Invented picture, ${whence(sample.recipe)}, ${words}`} average={sample.average} blur={sample.blur} linked />
                        </a>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </div>
          )}
        </Shown>
      )}
    </section>
  );
}

/** Where it is remembered first. */
function ordered(items: Life[]): Life[] {
  return [...items.filter(({ remembered }) => remembered), ...items.filter(({ remembered }) => !remembered)];
}
