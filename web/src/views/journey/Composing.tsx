import { useEffect, useState } from 'preact/hooks';
import { answer, GET, type Job } from '../../api/client';
import { useEvents, useLoad } from '../../api/load';
import { Button } from '../../parts/Button';
import { Menu } from '../../parts/Menu';
import { tell } from '../../parts/notices';
import { Typed } from '../../parts/Typed';
import { duration, sentences } from '../../words';
import type { Editing } from './editing';
import { isGoing, type Journey } from './journeys';
import { type Compose, KEYS, MOODS } from './recipe';
import { compose, soundtracks } from './soundtrack';

const USUAL: Compose = { with: 'reverie', seed: 0, key: 'auto', mood: 'calm', prompt: null };
const LAST_SEED = 2 ** 32 - 1;

interface ComposingProps {
  journey: Journey;
  editing: Editing;
  flush: () => Promise<void>;
  take: (soundtrack: string) => void;
}

/** Music out of the pictures: colour to harmony, motion to rhythm, brightness to timbre. */
export function Composing({ journey, editing, flush, take }: ComposingProps) {
  const [wish, setWish] = useState<Compose>(editing.recipe.compose ?? USUAL);
  const [asked, setAsked] = useState<string | null>(null);
  const job = useLoad(`composing ${asked}`, async (): Promise<Job | null> => (asked ? answer(GET('/jobs/{job_id}', { params: { path: { job_id: asked } } })) : null));
  useEvents(asked, job.again);
  const now = job.value;
  useEffect(() => {
    if (now?.state !== 'succeeded') return;
    void madeBy(now).then((id) => (id ? (take(id), setAsked(null), tell('Composed', 'Play the journey to hear it.')) : undefined));
  }, [now?.state]);
  const change = (to: Partial<Compose>) => setWish({ ...wish, ...to });
  const ask = async () => {
    await flush();
    setAsked(await compose(journey.id, wish));
  };
  return (
    <div class="journey-compose stack">
      <p class="small on">
        A <Menu label="Mood" value={wish.mood} options={MOODS.map((one) => [one, one])} choose={(mood) => change({ mood: MOODS.find((one) => one === mood) ?? 'calm' })} /> piece in{' '}
        <Menu label="Key" value={wish.key} options={KEYS.map((one) => [one, one === 'auto' ? 'the key of its colours' : one.replace('#', '♯')])} choose={(key) => change({ key: KEYS.find((one) => one === key) ?? 'auto' })} />, from seed{' '}
        <label>
          <span class="hidden">Seed</span>
          <Typed min={0} max={LAST_SEED} value={wish.seed} take={(text) => change({ seed: Math.max(0, Math.min(LAST_SEED, Math.round(Number(text)) || 0)) })} />
        </label>
      </p>
      <label class="small stack">
        Composed by
        <input type="text" value={wish.with} maxLength={200} onChange={(event) => change({ with: event.currentTarget.value.trim() || 'reverie' })} />
        <span class="caption">“reverie” needs no weights. The name of a folder with a composer that you brought is another.</span>
      </label>
      {wish.with !== 'reverie' && (
        <label class="small stack">
          In your words
          <input type="text" value={wish.prompt ?? ''} maxLength={1000} placeholder="slow piano, a far choir" onChange={(event) => change({ prompt: event.currentTarget.value.trim() || null })} />
        </label>
      )}
      {isGoing(now) ? (
        <p class="small" aria-live="polite">
          {now.state === 'queued' ? 'It waits for other work.' : `Composing${now.remaining_s === null ? '' : `, ${duration(now.remaining_s)} left`}.`}
        </p>
      ) : (
        <Button does={ask} busy="Asking">
          Compose it now
        </Button>
      )}
      {now?.state === 'failed' && now.error && (
        <p class="small" role="alert">
          {sentences(now.error.title, now.error.detail, now.error.remedy)}
        </p>
      )}
      <button type="button" class="word small" onClick={() => editing.set({ compose: wish, soundtrack: null })}>
        Compose it when the film is made
      </button>
    </div>
  );
}

/** The soundtrack that a job made. */
async function madeBy({ id }: Job): Promise<string | null> {
  return (await soundtracks()).find(({ job_id }) => job_id === id)?.id ?? null;
}
