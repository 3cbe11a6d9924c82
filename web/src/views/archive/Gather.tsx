import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, POST, type Dataset, type DatasetInFull } from '../../api/client';
import { useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { tell } from '../../parts/notices';
import { go } from '../../routes';
import { count, number } from '../../words';
import './gather.css';

const LONGEST = 200; // characters of a name
const LEAVE = 'They leave once all have come in, with their copies; trainings that have looked at them still know them.';
const MOST = 200; // archives to choose among: the newest

interface From {
  dataset_id: string;
  photos?: string[];
  album?: string;
  taken?: string;
  label?: number;
}

/** What comes in is brought by a job; its archive shows how far it is. */
async function make(name: string, from: From[], move: boolean): Promise<void> {
  const made = await answer(POST('/datasets', { body: { name, from, move } }));
  tell('Coming in', `${made.name} fills as its photographs come in.`);
  go(`#/archives/${made.id}`);
}

/** Make one archive of this and others, which stay as they are. */
export function Merge({ of }: { of: DatasetInFull }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button type="button" class="word small" onClick={() => setAsked(true)}>
        Merge with other archives
      </button>
      {asked && <MergeWith of={of} close={() => setAsked(false)} />}
    </>
  );
}

function MergeWith({ of, close }: { of: DatasetInFull; close: () => void }) {
  const others = useLoad('archives to merge with', async () => (await answer(GET('/datasets', { params: { query: { limit: MOST } } }))).items.filter((one) => one.id !== of.id && files(one) > 0));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [name, setName] = useState<string>();
  const [move, setMove] = useState(false);
  const taken = others.value?.filter(({ id }) => chosen.has(id)) ?? [];
  const called = name ?? [of, ...taken].map((one) => one.name).join(' and ').slice(0, LONGEST);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const busy = [of, ...taken].find(({ state }) => state === 'ingesting' || state === 'unfinished');
  return (
    <Asking title={`Merge ${of.name} with`} close={close}>
      {others.value?.length === 0 && <p>There is no other archive with photographs.</p>}
      {others.problem && <p class="small">The archives could not be listed. Close this, and try again.</p>}
      <ul class="merging">
        {others.value?.map((one) => (
          <li key={one.id}>
            <label>
              <input type="checkbox" checked={chosen.has(one.id)} onChange={() => toggle(one.id)} />
              <span class="filename">{one.name}</span>
              <span class="small">{one.state === 'ingesting' ? 'still being read' : one.state === 'unfinished' ? 'not all has come in' : count(files(one), 'file')}</span>
            </label>
          </li>
        ))}
      </ul>
      {taken.length > 0 && (
        <>
          <Name value={called} change={setName} />
          {taken.some((one) => framed(one) !== framed(of)) && <p class="small">They are framed in different ways. The new archive is framed as {of.name} is; what was set by hand keeps its place.</p>}
          <p class="small">
            A new archive of all {count([of, ...taken].reduce((sum, one) => sum + files(one), 0), 'file')}: the same file comes in once, and what was left out stays left out.{' '}
            {move ? LEAVE : `${taken.length > 1 ? 'All of them' : 'Both'} stay as they are, and nothing is stored twice.`}
          </p>
          <Move checked={move} change={setMove} label="Move the photographs: they leave their old archives" />
        </>
      )}
      <div class="row">
        <Button
          look="primary"
          does={() => make(called.trim(), [of, ...taken].map(({ id }) => ({ dataset_id: id })), move)}
          busy="Merging"
          off={taken.length === 0 ? 'Choose at least one.' : busy ? `${busy.name} ${busy.state === 'ingesting' ? 'is still being read' : 'is not whole'}.` : called.trim() ? undefined : 'It needs a name.'}
        >
          Merge
        </Button>
        <Button look="quiet" does={close}>
          Leave them
        </Button>
      </div>
    </Asking>
  );
}

interface SplitProps {
  from: From;
  many: number;
  suggested: string;
  close: () => void;
}

/** Make an archive of some photographs of another, which stays as it is, or which they leave. */
export function Split({ from, many, suggested, close }: SplitProps) {
  const [name, setName] = useState(suggested.slice(0, LONGEST));
  const [move, setMove] = useState(false);
  return (
    <Asking title={`Make an archive of ${many === 1 ? 'this photograph' : `these ${number(many)} photographs`}`} close={close}>
      <Name value={name} change={setName} />
      <p class="small">{move ? LEAVE : 'They stay in this archive, too, and nothing is stored twice.'} Labels, squares set by hand and what is left out come along.</p>
      <Move checked={move} change={setMove} label={many === 1 ? 'Move it: it leaves this archive' : 'Move them: they leave this archive'} />
      <div class="row">
        <Button look="primary" does={() => make(name.trim(), [from], move)} busy="Making it" off={name.trim() ? undefined : 'It needs a name.'}>
          Make it
        </Button>
        <Button look="quiet" does={close}>
          Leave it
        </Button>
      </div>
    </Asking>
  );
}

function Move({ checked, change, label }: { checked: boolean; change: (checked: boolean) => void; label: string }) {
  return (
    <label class="gather-move">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

function Asking({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="asking stack" aria-labelledby="gather-title" onClose={close}>
      <h2 id="gather-title">{title}</h2>
      {children}
    </dialog>
  );
}

function Name({ value, change }: { value: string; change: (name: string) => void }) {
  return (
    <label class="stack gather-name">
      <span class="small">Name of the new archive</span>
      <input value={value} maxLength={LONGEST} dir="auto" onInput={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

function framed({ framing, aspect }: Pick<Dataset, 'framing' | 'aspect'>): string {
  return `${framing} ${aspect ?? ''}`;
}

/** All that an archive accounts for, as its repair list counts it. */
function files({ counts }: Pick<Dataset, 'counts'>): number {
  return Object.values(counts).reduce((sum, many) => sum + many, 0);
}
