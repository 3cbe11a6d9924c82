import { Look } from '../../../parts/Look';
import { count } from '../../../words';
import { Lay } from './Lay';
import type { DatasetMap } from './points';

/** What is not on the map, and the way to have it there. */
export function Missing({ of, made }: { of: DatasetMap; made: () => void }) {
  const { photos, samples, unlooked } = of.missing;
  const what = [photos > 0 ? count(photos, 'photograph') : '', samples > 0 ? count(samples, 'invented picture') : ''].filter(Boolean).join(' and ');
  const one = photos + samples === 1;
  return (
    <div class="stack map-missing">
      {unlooked > 0 && <Look dataset={of.dataset_id} why={`${count(unlooked, 'photograph')} came since, and nobody has looked at ${unlooked === 1 ? 'it' : 'them'} yet.`} looked={made} />}
      <Lay dataset={of.dataset_id} why={what && `${what} came since, and ${one ? 'is' : 'are'} not on this map yet. What is on it stays where it is.`} word={what && (one ? 'Give it a place' : 'Give them a place')} made={made} anew />
    </div>
  );
}
