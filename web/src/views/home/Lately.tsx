import { answer, GET } from '../../api/client';
import { useLoad } from '../../api/load';
import { Picture, photoImage, sampleImage } from '../../parts/Picture';
import { count } from '../../words';
import { named, placeOf } from '../explore/place';

/** Where one left off: the newest archives and the newest pictures. Nothing, where there is nothing yet. */
export function Lately() {
  const lately = useLoad('lately', async () => {
    const [archives, samples] = await Promise.all([
      answer(GET('/datasets', { params: { query: { limit: 3 } } })),
      answer(GET('/samples', { params: { query: { limit: 8 } } })),
    ]);
    return { archives: archives.items, samples: samples.items };
  });
  if (!lately.value) return null;
  const { archives, samples } = lately.value;
  return (
    <>
      {archives.length > 0 && (
        <section class="stack">
          <h2>Where you left off</h2>
          <ul class="left-off">
            {archives.map((archive) => (
              <li key={archive.id}>
                <a href={`#/archives/${archive.id}`}>
                  {archive.cover[0] && <Picture kind="photo" src={photoImage(archive.cover[0])} shown={96} alt="" linked />}
                  <span>
                    {archive.name}
                    <span class="caption">{count(archive.counts.ready + archive.counts.repaired, 'photograph')}</span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {samples.length > 0 && (
        <section class="stack">
          <div class="spread">
            <h2>Latest finds</h2>
            <a class="word" href="#/gallery">
              All of them
            </a>
          </div>
          <ul class="finds">
            {samples.map((sample) => (
              <li key={sample.id}>
                <a href={`#/samples/${sample.id}`}>
                  <Picture kind="invented" src={sampleImage(sample.id)} shown={160} alt={`Invented picture, ${named(placeOf(sample))}`} average={sample.average} blur={sample.blur} width={sample.width} height={sample.height} square={false} linked />
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
