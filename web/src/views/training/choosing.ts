/** Blind choices between pairs of moments: asked for, answered, taken back. */
import { useRef } from 'preact/hooks';
import { answer, DELETE, GET, type MomentPair, type Moments, POST } from '../../api/client';
import { type Loaded, problemIn, useLoad } from '../../api/load';
import { complain, tell } from '../../parts/notices';

export type Chosen = 'left' | 'right' | 'neither';

export interface Choosing {
  pair: Loaded<MomentPair>;
  choose: (chosen: Chosen) => void;
  undo: () => void;
  beginAgain: () => void;
}

/** One question at a time: a key that is held down answers none that nobody has seen. */
export function useChoosing(id: string, moments: Loaded<Moments>): Choosing {
  const job = { job_id: id };
  const pair = useLoad(`${id} pair`, () => answer(GET('/jobs/{job_id}/moments/pair', { params: { path: job } })));
  const working = useRef(false);
  const answered = useRef<MomentPair | null>(null);
  const next = () => (pair.again(), moments.again());
  const work = async (does: () => Promise<unknown>) => {
    if (working.current) return;
    working.current = true;
    await does().catch((error: unknown) => {
      answered.current = null;
      if (problemIn(error).status === 409) tell('Another tab was quicker', 'Here is the next pair.');
      else complain(error);
    });
    working.current = false;
    next();
  };
  const choose = (chosen: Chosen) => {
    const { value } = pair;
    if (!value || value === answered.current) return;
    answered.current = value;
    const { position, place, left, right } = value;
    const body = { position, place, left: left.model_id, right: right.model_id, chosen };
    void work(() => answer(POST('/jobs/{job_id}/moments/choices', { params: { path: job }, body })));
  };
  const undo = () => {
    const last = (moments.value?.choices ?? 0) - 1;
    if (last >= 0) void work(() => answer(DELETE('/jobs/{job_id}/moments/choices/{position}', { params: { path: { ...job, position: last } } })));
  };
  const beginAgain = () => void work(() => answer(DELETE('/jobs/{job_id}/moments/choices', { params: { path: job } })));
  return { pair, choose, undo, beginAgain };
}
