import { useState } from 'preact/hooks';
import { answer, GET } from '../../api/client';
import { useLoad } from '../../api/load';
import { lettersOn, switchLetters } from '../../keys';
import { Shown } from '../../parts/States';
import { choose, chosen, type Theme } from '../../theme';
import { bytes, count } from '../../words';

const LOOKS: [Theme | null, string][] = [
  [null, 'As the system says'],
  ['day', 'By day'],
  ['night', 'By night'],
];

/** The look, and what this Reverie is. */
export default function Settings() {
  const [look, setLook] = useState(chosen);
  const [letters, setLetters] = useState(lettersOn);
  const status = useLoad('status', () => answer(GET('/status')));
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>Settings</h1>
      <fieldset class="stack">
        <legend>
          <h2>Look</h2>
        </legend>
        {LOOKS.map(([theme, word]) => (
          <label key={word} class="row">
            <input type="radio" name="look" checked={look === theme} onChange={() => (choose(theme), setLook(theme))} /> {word}
          </label>
        ))}
      </fieldset>
      <hr class="line" />
      <h2>Keys</h2>
      <label class="row">
        <input type="checkbox" checked={letters} onChange={() => (switchLetters(!letters), setLetters(!letters))} /> Single letters are commands; <kbd>?</kbd> lists them
      </label>
      <hr class="line" />
      <h2>This Reverie</h2>
      <Shown of={status} what="what this Reverie is" part>
        {(found) => (
          <div class="stack">
            <p>
              Version {found.version}. {found.workers.length === 0 ? 'No worker is here: jobs wait.' : `${count(found.workers.length, 'worker')} at hand.`}
            </p>
            <p>{found.free_bytes === null ? '' : `${bytes(found.free_bytes)} of disk are free.`}</p>
            <p class="small">Everything stays on this machine. Photographs leave it only where you send them.</p>
          </div>
        )}
      </Shown>
    </div>
  );
}
