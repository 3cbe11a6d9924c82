import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, POST, type Sightings } from '../../api/client';
import { Button } from '../../parts/Button';
import { Elsewhere } from '../../parts/Elsewhere';
import '../../parts/grid/selection.css';
import { complain, tell } from '../../parts/notices';
import { go, journeyAddress } from '../../routes';
import { count, number } from '../../words';
import { pieces } from './choosing';
import { Split } from './Gather';

interface SelectionProps {
  archive: string;
  ids: string[];
  take: (ids: string[], included: boolean) => Promise<void>;
  changed: () => void;
  none: () => void;
}

/** What one can do with the photographs that are chosen. */
export function Selection({ archive, ids, take, changed, none }: SelectionProps) {
  const [asked, setAsked] = useState<string[] | null>(null);
  const [split, setSplit] = useState<string[] | null>(null);
  const decide = (included: boolean) => take(ids, included).then(none);
  return (
    <>
      <div class="selection" role="region" aria-label="Chosen photographs">
        <p aria-live="polite">
          <strong>{number(ids.length)}</strong> chosen
        </p>
        <Button look="primary" busy="Leaving out" does={() => decide(false)}>
          Leave out
        </Button>
        <Button busy="Taking in" does={() => decide(true)}>
          Take in
        </Button>
        <Button look="quiet" does={() => setSplit(ids)}>
          Make an archive
        </Button>
        <Button look="quiet" does={() => go(journeyAddress('photos', ids))}>
          Make a journey
        </Button>
        <Button look="quiet" does={() => setAsked(ids)}>
          Withdraw
        </Button>
        <Button look="quiet" does={none}>
          Clear
        </Button>
      </div>
      {split && <Split from={{ dataset_id: archive, photos: split }} many={split.length} suggested="" close={() => setSplit(null)} />}
      {asked && <Withdraw archive={archive} ids={asked} close={() => setAsked(null)} done={() => (none(), changed())} />}
    </>
  );
}

type Seen = Sightings;

/** It cannot be undone, so it is asked first, with all that has looked at them. */
function Withdraw({ archive, ids, close, done }: { archive: string; ids: string[]; close: () => void; done: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [seen, setSeen] = useState<Seen>();
  const [everywhere, setEverywhere] = useState(true);
  const where = { params: { path: { dataset_id: archive } } };
  useEffect(() => {
    dialog.current?.showModal();
    seenBy(archive, ids).then(setSeen, (error: unknown) => (complain(error), close()));
  }, []);
  const withdraw = async () => {
    let gone = 0;
    try {
      for (const photos of pieces(ids)) gone += (await answer(POST('/datasets/{dataset_id}/withdrawals', { ...where, body: { photos, everywhere } }))).withdrawn;
    } finally {
      close();
      if (gone > 0) tell('Withdrawn', `${count(gone, 'photograph')} and their files are gone from ${everywhere || !seen?.elsewhere.length ? "this machine's Reverie" : 'this archive'}.`);
      done();
    }
  };
  return (
    <dialog ref={dialog} class="asking stack" aria-labelledby="withdraw-title" onClose={close}>
      <h2 id="withdraw-title">Withdraw {count(ids.length, 'photograph')}?</h2>
      <p>
        Their files are deleted here at once{seen && seen.copies > 0 ? `, with ${count(seen.copies, 'copy', 'copies')} of them` : ''}; only their names stay in the repair list. This cannot be taken back.
      </p>
      {!seen && <p class="small">Looking which trainings have seen them</p>}
      {seen && seen.trainings.length === 0 && <p class="small">No training that is still here has looked at them.</p>}
      {seen && seen.trainings.length > 0 && (
        <>
          <p>{count(seen.trainings.length, 'training has', 'trainings have')} looked at some of them. What networks have learnt cannot be taken out of them: delete them, and train again.</p>
          <ul class="stack">
            {seen.trainings.map((one) => (
              <li key={one.job_id}>
                <a class="word" href={`#/trainings/${one.job_id}`}>
                  {one.last?.name ?? 'A training that has learnt nothing yet'}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      {seen && <Elsewhere of={seen} checked={everywhere} change={setEverywhere} />}
      <div class="row">
        <Button does={withdraw} busy="Withdrawing" off={seen ? undefined : 'A moment, until that is known.'}>
          Withdraw {ids.length === 1 ? 'it' : 'them'}
        </Button>
        <Button look="quiet" does={close}>
          Leave {ids.length === 1 ? 'it' : 'them'}
        </Button>
      </div>
    </dialog>
  );
}

/** Which trainings have looked at any of these, each once. */
async function seenBy(archive: string, ids: string[]): Promise<Seen> {
  const trainings = new Map<string, Seen['trainings'][number]>();
  const elsewhere = new Map<string, Seen['elsewhere'][number]>();
  let copies = 0;
  for (const photos of pieces(ids)) {
    const seen = await answer(POST('/datasets/{dataset_id}/sightings', { params: { path: { dataset_id: archive } }, body: { photos } }));
    copies += seen.copies;
    seen.trainings.forEach((one) => trainings.set(one.job_id, one));
    seen.elsewhere.forEach((one) => elsewhere.set(one.dataset_id, { ...one, photographs: one.photographs + (elsewhere.get(one.dataset_id)?.photographs ?? 0) }));
  }
  return { copies, trainings: [...trainings.values()], elsewhere: [...elsewhere.values()] };
}
