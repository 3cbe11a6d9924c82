import type { Dataset } from '../../api/client';

export interface Expert {
  batch?: number;
  gamma?: number;
  learning_rate?: number;
  seed?: number;
  freeze_discriminator?: number;
  augment?: 'ada' | 'fixed' | 'none';
  mirror?: boolean;
  conditional?: boolean;
  measure?: 'all' | 'ends' | 'none';
  precision?: 'mixed' | 'float32';
}

const NUMBERS = [
  ['batch', 'Pictures in a step', '1'],
  ['gamma', 'R1 gamma', 'any'],
  ['learning_rate', 'Learning rate', 'any'],
  ['freeze_discriminator', 'Frozen blocks of the discriminator', '1'],
  ['seed', 'Seed', '1'],
] as const;

const LABELS = { folders: 'folder', albums: 'album', none: 'label' } as const;

/** What experts may set; what is left empty is decided by the preset. */
export function Experts({ value, of, change }: { value: Expert; of: Dataset; change: (next: Expert) => void }) {
  const set = (name: keyof Expert, given: Expert[keyof Expert]) => {
    const next = { ...value, [name]: given };
    if (given === undefined) delete next[name];
    change(next);
  };
  return (
    <details>
      <summary>For experts: batch, learning rate, augmentation, seed</summary>
      <div class="experts">
        {NUMBERS.map(([name, label, step]) => (
          <label key={name} class="small">
            {label}
            <input type="number" min="0" step={step} placeholder="as the preset" value={value[name] ?? ''} onChange={(event) => set(name, event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value))} />
          </label>
        ))}
        <label class="small">
          Augmentation
          <select class="field" value={value.augment ?? ''} onChange={(event) => set('augment', choice(event.currentTarget.value))}>
            <option value="">as the preset</option>
            <option value="ada">adaptive</option>
            <option value="fixed">fixed</option>
            <option value="none">none</option>
          </select>
        </label>
        <label class="small">
          Mirrored pictures as well
          <select class="field" value={value.mirror === undefined ? '' : String(value.mirror)} onChange={(event) => set('mirror', event.currentTarget.value === '' ? undefined : event.currentTarget.value === 'true')}>
            <option value="">as the preset</option>
            <option value="true">yes</option>
            <option value="false">no</option>
          </select>
        </label>
        <label class="small">
          Tell apart by {LABELS[of.labelled_by]}
          <select class="field" value={String(value.conditional ?? '')} disabled={of.labels === 0} onChange={(event) => set('conditional', event.currentTarget.value === '' ? undefined : event.currentTarget.value === 'true')}>
            <option value="">{of.labels === 0 ? 'it has no labels' : 'as the base does'}</option>
            <option value="true">yes</option>
            <option value="false">no</option>
          </select>
        </label>
        <label class="small">
          Distances
          <select class="field" value={value.measure ?? ''} onChange={(event) => set('measure', moments(event.currentTarget.value))}>
            <option value="">as the preset</option>
            <option value="all">at every moment</option>
            <option value="ends">at the first and the last</option>
            <option value="none">never</option>
          </select>
        </label>
        <label class="small">
          Precision
          <select class="field" value={value.precision ?? ''} onChange={(event) => set('precision', event.currentTarget.value === 'float32' ? 'float32' : undefined)}>
            <option value="">mixed, where that is quicker</option>
            <option value="float32">float32, at every step</option>
          </select>
        </label>
      </div>
    </details>
  );
}

function choice(value: string): Expert['augment'] {
  return value === 'ada' || value === 'fixed' || value === 'none' ? value : undefined;
}

function moments(value: string): Expert['measure'] {
  return value === 'all' || value === 'ends' || value === 'none' ? value : undefined;
}
