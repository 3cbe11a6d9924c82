import { Menu } from '../../../parts/Menu';
import { type By, WAYS, whyNot } from './colours';
import type { DatasetMap } from './points';

export const BIGGER = 1.4; // at a step

interface ToolsProps {
  map: DatasetMap;
  by: By;
  paint: (by: string | null) => void;
  lasso: boolean;
  draw: () => void;
  chooseAll: () => void;
  whole: () => void;
  zoom: (factor: number) => void;
}

/** What one can do with a map, in words above it. */
export function Tools({ map, by, paint, lasso, draw, chooseAll, whole, zoom }: ToolsProps) {
  const ways = (Object.keys(WAYS) as By[]).filter((one) => whyNot(map, one) === null).map((one): [string, string] => [one, WAYS[one]]);
  return (
    <div class="spread map-tools">
      <p class="map-by">
        Coloured by <Menu label="Coloured by" value={by} options={ways} choose={paint} />
      </p>
      <div class="row">
        <button type="button" class="button quiet" aria-pressed={lasso} onClick={draw}>
          <span>Lasso</span>
        </button>
        <button type="button" class="button quiet" onClick={chooseAll}>
          <span>Choose all in sight</span>
        </button>
        <button type="button" class="button quiet" onClick={whole}>
          <span>Whole map</span>
        </button>
        <div class="map-sizing">
          <button type="button" class="bare" aria-label="Farther" onClick={() => zoom(1 / BIGGER)}>
            −
          </button>
          <button type="button" class="bare" aria-label="Nearer" onClick={() => zoom(BIGGER)}>
            +
          </button>
        </div>
      </div>
    </div>
  );
}
