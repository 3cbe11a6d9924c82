/** Pictures of a film, fetched one after the other and held by the page, so that it plays without a gap. */
import { useEffect, useRef, useState } from 'preact/hooks';

const AT_ONCE = 2;
const SETTLED_MS = 350; // a point that one only passes by is not drawn at every moment
const AGAIN_S = 3;
const MOST = 400; // that are held

/** The pictures that are here by now, by address; those of before stay until all of these are. None is fetched twice. */
export function useFrames(addresses: readonly string[], { settled = SETTLED_MS } = {}): ReadonlyMap<string, string> {
  const held = useRef<ReadonlyMap<string, string>>(new Map());
  const asking = useRef(new Map<string, AbortController>());
  const wanted = useRef(addresses);
  const [, redraw] = useState(held.current);
  const key = addresses.join('\n');
  useEffect(() => {
    wanted.current = addresses;
    cancel(asking.current, (address) => !addresses.includes(address));
    const waiting = [...new Set(addresses)].filter((address) => !held.current.has(address) && !asking.current.has(address));
    const came = (address: string, picture: Blob) => {
      const now = new Map([...held.current, [address, URL.createObjectURL(picture)]]);
      const whole = wanted.current.every((one) => now.has(one));
      held.current = now.size > MOST || whole ? kept(now, wanted.current) : now;
      redraw(held.current);
    };
    const ask = async (address: string) => {
      const control = new AbortController();
      asking.current.set(address, control);
      const picture = await fetched(address, control.signal);
      if (control.signal.aborted) return;
      asking.current.delete(address);
      if (picture) came(address, picture);
    };
    let left = false;
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined && !left; next = waiting.shift()) await ask(next);
    };
    const later = setTimeout(() => Array.from({ length: AT_ONCE }, work), settled);
    return () => {
      clearTimeout(later);
      left = true; // what is on its way comes still, if it is wanted
    };
  }, [key]);
  useEffect(
    () => () => {
      cancel(asking.current, () => true);
      held.current = kept(held.current, []);
    },
    [],
  );
  return held.current;
}

function cancel(asking: Map<string, AbortController>, which: (address: string) => boolean): void {
  for (const [address, control] of asking)
    if (which(address)) {
      control.abort();
      asking.delete(address);
    }
}

function kept(held: ReadonlyMap<string, string>, addresses: readonly string[]): ReadonlyMap<string, string> {
  const wanted = new Set(addresses);
  for (const [address, url] of held) if (!wanted.has(address)) URL.revokeObjectURL(url);
  return new Map([...held].filter(([address]) => wanted.has(address)));
}

/** Null, where it was given up or there is none; one that is away is asked for again. */
async function fetched(address: string, signal: AbortSignal): Promise<Blob | null> {
  while (!signal.aborted) {
    const answer = await fetch(address, { signal }).catch(() => null);
    if (answer?.ok) return answer.blob().catch(() => null);
    if (answer && answer.status !== 503 && answer.status !== 429) return null;
    const seconds = Number(answer?.headers.get('Retry-After')) || AGAIN_S;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  return null;
}
