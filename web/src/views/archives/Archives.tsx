import { answer, GET } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { Chooser } from '../../uploads/Dropping';
import { count } from '../../words';
import './archives.css';

/** Every archive by its covers. */
export default function Archives() {
  const archives = useLoad('archives', () => answer(GET('/datasets', { params: { query: { limit: 200 } } })));
  const reading = archives.value?.items.some((one) => one.state === 'ingesting') ?? false;
  useEvents('all', (type) => (type === 'state' || (type === 'progress' && reading)) && archives.again());
  return (
    <div class="page stack">
      <div class="spread">
        <h1 tabIndex={-1}>Archives</h1>
        <div class="row">
          <Chooser look="outline" folder label="Bring a folder" />
          <Chooser look="primary" icon="bring" label="Bring your photographs" />
        </div>
      </div>
      <Shown of={archives} what="your archives" part>
        {({ items }) =>
          items.length === 0 ? (
            <p class="quiet-word">There is none yet. Drop a zip, a folder or pictures anywhere on this page: 8 are the least, 500 a good start.</p>
          ) : (
            <ul class="archives">
              {items.map((archive) => (
                <li key={archive.id}>
                  <a href={`#/archives/${archive.id}`}>
                    <span class="covers">
                      {archive.cover.map((photo) => (
                        <Picture key={photo} kind="photo" src={photoImage(photo)} shown={160} alt="" linked />
                      ))}
                    </span>
                    <h2>{archive.name}</h2>
                  </a>
                  <p class="small">
                    {archive.state === 'ingesting' ? 'Being read. ' : archive.state === 'unfinished' ? 'Not all has come in. ' : ''}
                    {count(archive.counts.ready + archive.counts.repaired, 'photograph')}
                  </p>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </div>
  );
}
