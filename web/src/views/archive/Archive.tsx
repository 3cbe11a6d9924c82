import { useState } from 'preact/hooks';
import { answer, DELETE, PATCH, type DatasetInFull } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Button, ButtonLink } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { Shown } from '../../parts/States';
import { Tabs } from '../../parts/Tabs';
import { Title } from '../../parts/Title';
import { type At, go } from '../../routes';
import { Chooser } from '../../uploads/Dropping';
import { count } from '../../words';
import './archive.css';
import { ComingIn } from './ComingIn';
import { Contacts } from './Contacts';
import { archiveOf } from './first';
import { Framing } from './Framing';
import { Merge } from './Gather';
import { Labels } from './Labels';
import { Photos } from './Photos';
import { RepairList } from './RepairList';
import { Save } from './Save';
import { Twins } from './Twins';

const LEAST = 8;

/** One archive: its photographs, what is coming in, what was repaired or left out. */
export default function Archive({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const archive = useLoad(id, () => archiveOf(id));
  useEvents('all', (type) => (type === 'state' || (type === 'progress' && archive.value?.state === 'ingesting')) && archive.again());
  const tab = at.path[2];
  return (
    <Shown of={archive} what="this archive">
      {(found) => {
        const usable = found.counts.ready + found.counts.repaired;
        const odd = found.counts.repaired + found.counts.duplicate + found.counts.refused + found.counts.excluded + found.counts.withdrawn + found.counts.moved;
        return (
          <div class="page">
            <div class="spread archive-head">
              <div class="stack">
                <Title
                  name={found.name}
                  of="the archive"
                  rename={(name) => answer(PATCH('/datasets/{dataset_id}', { params: { path: { dataset_id: found.id } }, body: { name } })).then(archive.again)}
                />
                <p class="small">{count(usable, 'photograph')}, seen as {count(found.usable_views, 'square')}{found.aspect && `, squeezed from ${found.aspect}`}</p>
              </div>
              <div class="row">
                <Chooser look="outline" icon="plus" label="Add pictures" dataset={id} />
                {found.state === 'unfinished' ? (
                  <Button look="primary" does={() => undefined} off="Not all of its photographs have come in.">
                    Train on this archive
                  </Button>
                ) : found.usable_views >= LEAST ? (
                  <ButtonLink look="primary" href={`#/train?archive=${id}`}>
                    Train on this archive
                  </ButtonLink>
                ) : (
                  <Button look="primary" does={() => undefined} off={`From ${LEAST} photographs on.`}>
                    Train on this archive
                  </Button>
                )}
              </div>
            </div>
            <Tabs label="Of this archive" tabs={TABS.map(([one, name]) => ({ name, href: `#/archives/${id}${one ? `/${one}` : ''}`, here: tab === one, count: one === 'repairs' ? odd : undefined }))} />
            <div class="archive-body">
              {tab === 'repairs' ? (
                <RepairList id={id} counts={found.counts} state={at.query.get('state')} changed={archive.again} />
              ) : tab === 'contacts' ? (
                <Contacts id={id} revision={found.revision} changed={archive.again} />
              ) : tab === 'framing' ? (
                <Framing of={found} changed={archive.again} />
              ) : tab === 'map' ? (
                <OnMap at={at} id={id} revision={`${found.revision} ${usable}`} changed={archive.again} />
              ) : tab === 'labels' ? (
                <Labels of={found} changed={archive.again} />
              ) : tab === 'twins' ? (
                <Twins id={id} revision={found.revision} changed={archive.again} />
              ) : (
                <Photos at={at} id={id} revision={`${found.revision} ${usable}`} changed={archive.again} />
              )}
              <aside class="stack">
                <ComingIn of={found} />
                <hr class="line" />
                <Save of={found} />
                <Merge of={found} />
                <Remove of={found} />
              </aside>
            </div>
          </div>
        );
      }}
    </Shown>
  );
}

const TABS = [
  [undefined, 'Photographs'],
  ['repairs', 'Repair list'],
  ['contacts', 'Contact sheet'],
  ['twins', 'Twins'],
  ['framing', 'Framing'],
  ['labels', 'Labels'],
  ['map', 'Map'],
] as const;

/** The map is fetched when it is first looked at: most who open an archive do not go there. */
function OnMap(props: Parameters<typeof import('./map/Map').ArchiveMap>[0]) {
  const view = useLoad('map', () => import('./map/Map'));
  return (
    <Shown of={view} what="the map" part>
      {({ ArchiveMap }) => <ArchiveMap key={props.id} {...props} />}
    </Shown>
  );
}

function Remove({ of }: { of: DatasetInFull }) {
  const [asked, setAsked] = useState(false);
  const remove = async () => {
    await answer(DELETE('/datasets/{dataset_id}', { params: { path: { dataset_id: of.id } } }));
    tell('Deleted', `${of.name} and its photographs are gone from this machine's Reverie.`);
    go('#/archives');
  };
  if (!asked)
    return (
      <button type="button" class="word small" onClick={() => setAsked(true)}>
        Delete this archive
      </button>
    );
  return (
    <div class="stack">
      <p class="small">All its photographs are deleted here. What was learnt from them stays.</p>
      <div class="row">
        <Button does={remove} busy="Deleting">
          Delete it
        </Button>
        <Button look="quiet" does={() => setAsked(false)}>
          Leave it
        </Button>
      </div>
    </div>
  );
}
