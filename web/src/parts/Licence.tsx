import { licence, sentences } from '../words';
import './licence.css';

/** A licence as a word; pressed, all that it asks. */
export function Licence({ of }: { of: { licence: string; terms: string; step?: number | null } }) {
  const said = sentences(of.licence === 'NOASSERTION' ? '' : of.licence, of.terms);
  return (
    <details class="licence small">
      <summary class="tag">{licence(of)}</summary>
      <p>{said || (typeof of.step === 'number' ? 'It learnt from a base that asks nothing, and from your photographs.' : 'Nobody has said. Ask who published it.')}</p>
    </details>
  );
}
