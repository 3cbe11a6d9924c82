import type { Sightings } from '../api/client';
import { count } from '../words';

/** Other archives that hold the same files: a withdrawal takes them from there as well, unless it is told not to. */
export function Elsewhere({ of, checked, change }: { of: Sightings; checked: boolean; change: (checked: boolean) => void }) {
  if (of.elsewhere.length === 0) return null;
  const where = of.elsewhere.map((one) => `${one.name} (${count(one.photographs, 'photograph')})`).join(', ');
  return (
    <label class="small">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} /> From the other archives that hold the same files, too: {where}
    </label>
  );
}
