import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, PATCH, POST, type DatasetInFull, type Label } from '../../api/client';
import { usePages } from '../../api/pages';
import { useLoad } from '../../api/load';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';
import { Picture, photoImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { count, number } from '../../words';
import { Split } from './Gather';
import './labels.css';

type Source = DatasetInFull['labelled_by'];
const CHOICES: [Source, string][] = [
  ['none', 'nothing'],
  ['folders', 'their folders'],
  ['albums', 'their albums'],
];

/** What photographs are told apart by: each label with some of its photographs, to be renamed or made one with another. */
export function Labels({ of, changed }: { of: DatasetInFull; changed: () => void }) {
  const address = { path: { dataset_id: of.id } };
  const pages = usePages(of.id, (where) => answer(GET('/datasets/{dataset_id}/labels', { params: { ...address, query: where } })));
  const summary = useLoad(`labels ${of.id}`, () => answer(GET('/datasets/{dataset_id}/labels/summary', { params: address })));
  const first = useRef(of.revision);
  useEffect(() => {
    if (first.current !== of.revision) {
      pages.again();
      summary.again();
    }
    first.current = of.revision;
  }, [of.revision]);
  const make = async (value: string | null) => {
    const source = CHOICES.find(([one]) => one === value)?.[0];
    if (!source) return;
    await answer(POST('/datasets/{dataset_id}/labels', { params: address, body: { from: source } }));
    changed();
  };
  const change = async (label: Label, body: { name: string } | { into: number }) => {
    await answer(PATCH('/datasets/{dataset_id}/labels/{number}', { params: { path: { ...address.path, number: label.number } }, body }));
    changed();
  };
  const rest = summary.value?.labels ? summary.value.unlabelled : 0;
  return (
    <section class="stack" aria-label="Labels">
      <p class="sentence">
        These photographs are told apart by <Menu label="Told apart by" value={of.labelled_by} options={CHOICES} choose={(value) => void make(value).catch(complain)} />.
      </p>
      <p class="small">A network that learns labels draws what it is asked for. Training takes them where you say so, under what is for experts.</p>
      <Shown of={pages} what="the labels" part>
        {(labels) =>
          labels.length === 0 ? (
            <p class="quiet-word">All are one kind as yet.</p>
          ) : (
            <>
              <ul class="labels">
                {labels.map((label) => (
                  <One key={label.number} archive={of.id} label={label} others={labels} change={change} />
                ))}
              </ul>
              {rest > 0 && <p class="small">{count(rest, 'square')} without a label. A training calls them Others.</p>}
              {pages.next && (
                <button type="button" class="word" onClick={pages.more}>
                  Show more
                </button>
              )}
            </>
          )
        }
      </Shown>
    </section>
  );
}

const FEW = 10;

interface OneProps {
  archive: string;
  label: Label;
  others: Label[];
  change: (label: Label, body: { name: string } | { into: number }) => Promise<void>;
}

function One({ archive, label, others, change }: OneProps) {
  const [name, setName] = useState(label.name);
  const [split, setSplit] = useState(false);
  useEffect(() => setName(label.name), [label.name]);
  const rename = () => {
    const wanted = name.trim();
    if (!wanted || wanted === label.name) return setName(label.name);
    return change(label, { name: wanted }).catch((error: unknown) => {
      setName(label.name);
      complain(error);
    });
  };
  const into: [string, string][] = others.filter((one) => one.number !== label.number).map((one) => [String(one.number), one.name]);
  return (
    <li>
      <div class="label-head">
        <input
          aria-label={`Name of the label ${label.name}`}
          value={name}
          dir="auto"
          maxLength={300}
          onInput={(event) => setName(event.currentTarget.value)}
          onBlur={() => void rename()}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
        <span class="small">
          {number(label.photographs)}
          {label.photographs < FEW && ', few to learn from'}
        </span>
        {into.length > 0 && (
          <select
            class="menu small"
            aria-label={`Make ${label.name} one with another label`}
            value=""
            onChange={(event) => {
              const other = Number(event.currentTarget.value);
              event.currentTarget.value = '';
              void change(label, { into: other }).catch(complain);
            }}
          >
            <option value="">Make one with</option>
            {into.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        )}
        {label.photographs > 0 && (
          <button type="button" class="word small" aria-label={`Make an archive of ${label.name}`} onClick={() => setSplit(true)}>
            Make an archive
          </button>
        )}
      </div>
      {split && <Split from={{ dataset_id: archive, label: label.number }} many={label.photographs} suggested={label.name} close={() => setSplit(false)} />}
      <ul class="label-strip" aria-hidden="true">
        {label.cover.map((photo) => (
          <li key={photo}>
            <Picture kind="photo" src={photoImage(photo)} shown={96} alt="" />
          </li>
        ))}
      </ul>
    </li>
  );
}
