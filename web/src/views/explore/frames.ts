/** Pictures of a film, fetched one after the other and held by the page, so that it plays without a gap. */
import { useEffect, useState } from 'preact/hooks';

const AT_ONCE = 2;
const SETTLED_MS = 350; // a point that one only passes by is not drawn at every moment
const AGAIN_S = 3;
const MOST = 400; // that are held

/** The pictures that are here by now, by address; those of before stay until all of these are. */
export function useFrames(addresses: readonly string[], { settled = SETTLED_MS } = {}): ReadonlyMap<string, string> {
  const [held, setHeld] = useState<ReadonlyMap<string, string>>(new Map());
  const key = addresses.join('\n');
  useEffect(() => {
    const stop = new AbortController();
    const waiting = [...addresses];
    const came = (address: string, picture: Blob) =>
      setHeld((old) => {
        if (stop.signal.aborted || old.has(address)) return old;
        const now = new Map([...old, [address, URL.createObjectURL(picture)]]);
        return now.size > MOST || addresses.every((one) => now.has(one)) ? kept(now, addresses) : now;
      });
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined && !stop.signal.aborted; next = waiting.shift()) {
        const picture = await fetched(next, stop.signal);
        if (picture) came(next, picture);
      }
    };
    const later = setTimeout(() => Array.from({ length: AT_ONCE }, work), settled);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [key]);
  useEffect(() => () => setHeld((old) => (kept(old, []), old)), []);
  return held;
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
