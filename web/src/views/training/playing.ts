/** How it learns, as a film: the sheets of a training one after the other, each once its picture is here. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sheet } from '../../api/client';

const FRAME_MS = 700;

export interface Playing {
  playing: boolean;
  play: () => void; // or stop
  stop: () => void;
}

export function usePlaying(sheets: Sheet[], at: Sheet | undefined, look: (step: number) => void): Playing {
  const [playing, setPlaying] = useState(false);
  const latest = useRef(look);
  latest.current = look;
  const next = at && sheets[sheets.indexOf(at) + 1];
  useEffect(() => {
    if (!playing) return;
    if (!next) return setPlaying(false);
    let left = false;
    const image = new Image();
    image.src = `/artifacts/${next.artifact_id}/image`;
    const due = new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    void Promise.allSettled([image.decode(), due]).then(() => !left && latest.current(next.step));
    return () => void (left = true);
  }, [playing, next?.artifact_id]);
  const play = () => {
    if (!playing && !next && sheets[0]) look(sheets[0].step); // from the beginning
    setPlaying(!playing);
  };
  return { playing, play, stop: () => setPlaying(false) };
}
