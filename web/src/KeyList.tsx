import { useRef } from 'preact/hooks';
import { useKeys } from './keys';
import { go } from './routes';
import './keylist.css';

const KEYS: [string, string][] = [
  ['?', 'this list'],
  ['G then A, M, E, G or J', 'to the archives, models, explorer, gallery or journeys'],
  ['/', 'to the filter'],
  ['Arrows, Home, End', 'move along a strip or a grid, or to the picture before and after'],
  ['Page Up, Page Down', 'a screen of a grid up or down'],
  ['Shift with arrows or a click', 'choose all from here to there'],
  ['Ctrl-A', 'choose all that the sentence shows'],
  ['Ctrl-Z', 'take the last choice back'],
  ['Enter', 'open'],
  ['Space', 'of a training or a film: play, or stop'],
  ['Left, Right, Down, Backspace', 'of two moments: keep one or neither; take the last choice back'],
  ['Esc', 'choose none; close, then back'],
  ['[ and ]', 'one moment back, one on'],
  ['1 to 5, S', 'give stars; S gives one or takes them away'],
  ['X', 'choose a picture; leave photographs out, or take them in'],
  ['- and =', 'smaller and larger pictures; of one or a plane, farther and closer'],
  ['C', 'compare two to four that are chosen; of one picture, copy the recipe'],
  ['I, R', 'of one picture: how it was made; copy the recipe'],
  ['Z', 'closer, and back; arrows then move within'],
  ['Tab, then arrows', 'of a picture between its originals: from part to part; Esc lets go'],
  ['F', 'a favourite, or no longer'],
  ['Shift-F', 'full screen'],
  ['P', 'of a plane: pin the picture in the middle; of implied pictures, the one that one is at'],
  [', and .', 'of a plane: nearer and farther'],
  ['Delete or 0', 'of a direction or a weight: back to the middle of its slider'],
  ['L, Home', 'of a map: draw around pictures; all of it'],
  ['Space, held', 'hides the controls of a plane'],
  ['Arrows, Shift with them', 'of a journey: a picture on or back; with Shift a beat or a second'],
  ['Alt with arrows', 'of a keyframe: move it; with Alt it is dragged as a copy'],
  ['K, D, Delete', 'of a journey: a keyframe here; one more like it; take it out'],
  ['Ctrl-Z, Ctrl-Shift-Z', 'of a journey: undo; do it again'],
];
const PLACES: Record<string, string> = { a: '#/archives', m: '#/models', e: '#/explore', g: '#/gallery', j: '#/journeys' };
const SOON_MS = 1500;

/** The keys that work in every view, and the list of all of them. */
export function KeyList() {
  const dialog = useRef<HTMLDialogElement>(null);
  const began = useRef(0);
  const place = (key: string) => (event: KeyboardEvent) => {
    const to = event.timeStamp - began.current < SOON_MS ? PLACES[key] : undefined;
    began.current = key === 'g' && !to ? event.timeStamp : 0;
    if (to) go(to);
  };
  useKeys({
    '?': () => dialog.current?.showModal(),
    '/': (event) => {
      const filter = document.querySelector<HTMLElement>('main [data-filter]');
      if (!filter) return;
      event.preventDefault();
      filter.focus();
    },
    ...Object.fromEntries(Object.keys(PLACES).map((key) => [key, place(key)])),
  });
  return (
    <dialog ref={dialog} class="keylist" aria-labelledby="keylist-title">
      <h2 id="keylist-title">Keys</h2>
      <dl>
        {KEYS.map(([key, says]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button outline" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
