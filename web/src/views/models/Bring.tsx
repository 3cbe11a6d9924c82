import { useState } from 'preact/hooks';
import { answer, type CatalogueEntry, GET, POST } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { Licence } from '../../parts/Licence';
import { Menu } from '../../parts/Menu';
import { Shown } from '../../parts/States';
import { Chooser } from '../../uploads/Dropping';
import { bytes, count, licence } from '../../words';
import './bring.css';
import { Bringing } from './Bringing';

/** Where models come from: a file of one's own, or the catalogue of what others have published. */
export default function Bring() {
  const catalogue = useLoad('catalogue', () => answer(GET('/catalogue')));
  useEvents('all', (type) => (type === 'model' || type === 'state') && catalogue.again());
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Bring a model</h1>
      <Bringing />
      <Shown of={catalogue} what="the catalogue" part>
        {(entries) => <Catalogue entries={entries} changed={catalogue.again} />}
      </Shown>
    </div>
  );
}

function Catalogue({ entries, changed }: { entries: CatalogueEntry[]; changed: () => void }) {
  const [kind, setKind] = useState('');
  const kinds = [...new Set(entries.map((one) => licence(one)))];
  const seen = entries.filter((one) => !kind || licence(one) === kind);
  return (
    <section class="stack published">
      <h2>Or take one that others have published</h2>
      <p class="small">
        Showing{' '}
        <Menu label="Licence" value={kind} choose={(one) => setKind(one ?? '')} options={[['', 'all of them'], ...kinds.map((one): [string, string] => [one, one.toLowerCase()])]} />
        , {count(seen.length, 'model')}. What learns from one inherits what it asks.
      </p>
      <ul class="catalogue">
        {seen.map((entry) => (
          <Entry key={entry.id} entry={entry} changed={changed} />
        ))}
      </ul>
    </section>
  );
}

function Entry({ entry, changed }: { entry: CatalogueEntry; changed: () => void }) {
  const fetch = async () => {
    await answer(POST('/catalogue/{entry_id}/fetch', { params: { path: { entry_id: entry.id } } }));
    changed();
  };
  return (
    <li class="entry">
      <div class="stack">
        <h3>{entry.name}</h3>
        <p class="small">
          It draws {entry.draws}.{entry.labels !== null && ` It knows ${count(entry.labels, 'kind')} of them.`}
        </p>
        <p class="caption">
          <a href={entry.page} rel="noreferrer" target="_blank">
            {entry.publisher}
          </a>
          , {size(entry)}
        </p>
        <Licence of={{ licence: entry.licence, terms: [entry.terms, entry.data].filter(Boolean).join(' ') }} />
      </div>
      <div class="stack entry-does">
        {entry.model_id !== null ? (
          <a class="word" href={`#/models/${entry.model_id}`}>
            It is here
          </a>
        ) : entry.job_id !== null ? (
          <span class="small">On its way, above</span>
        ) : (
          <>
            {entry.url !== null && (
              <Button does={fetch} busy="Asking for it">
                Fetch it<span class="hidden">: {entry.name}</span>
              </Button>
            )}
            <ByHand entry={entry} />
          </>
        )}
      </div>
    </li>
  );
}

/** Without a network on the server, or where a publisher gives a file to people alone. */
function ByHand({ entry }: { entry: CatalogueEntry }) {
  return (
    <details class="small" open={entry.url === null}>
      <summary>By hand</summary>
      <p>
        Download <span class="filename">{entry.filename}</span> from{' '}
        <a class="word" href={entry.url ?? entry.page} rel="noreferrer" target="_blank">
          {new URL(entry.url ?? entry.page).host}
        </a>
        , on any computer, then{' '}
        <Chooser look="word" label={`bring the file of ${entry.name}`} models published={entry.id} />.
      </p>
      {entry.sha256 && <p class="caption hash">SHA-256 {entry.sha256}</p>}
    </details>
  );
}

function size({ resolution, size_bytes, about_bytes }: CatalogueEntry): string {
  if (size_bytes !== null) return `${resolution} px, ${bytes(size_bytes)}`;
  return `${resolution} px, ${about_bytes === null ? 'size not known' : `about ${bytes(about_bytes)}`}`;
}
