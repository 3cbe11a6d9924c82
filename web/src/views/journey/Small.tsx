import { useEffect, useRef, useState } from 'preact/hooks';

const AGAIN_MS = 3000;
const TRIES = 40; // while a renderer warms up

/** A small picture of a timeline: what was there stays until its successor is here. */
export function Small({ src, size }: { src: string | undefined; size: number }) {
  const [shown, setShown] = useState<string>();
  const [turn, setTurn] = useState(0);
  const latest = useRef(src);
  latest.current = src;
  useEffect(() => {
    if (!src || src === shown) return;
    const coming = new Image();
    let later: ReturnType<typeof setTimeout> | undefined;
    coming.decoding = 'async';
    coming.onload = () => latest.current === src && setShown(src);
    coming.onerror = () => turn < TRIES && (later = setTimeout(() => setTurn(turn + 1), AGAIN_MS));
    coming.src = src;
    return () => {
      clearTimeout(later);
      coming.onload = coming.onerror = null;
      if (!coming.complete) coming.src = ''; // one that is gone is not fetched on
    };
  }, [src, turn]);
  return <span class="small-picture">{shown && <img src={shown} alt="" width={size} height={size} draggable={false} />}</span>;
}
