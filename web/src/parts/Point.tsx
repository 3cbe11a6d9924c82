import type { Model, Sheet } from '../api/client';
import './point.css';

export interface Sheetlike {
  src: string;
  rows: number;
  columns: number;
  ratio: number; // width by height of one picture
}

export function sheetlike(sheet: Sheet): Sheetlike {
  return { src: `/artifacts/${sheet.artifact_id}/image`, rows: sheet.rows, columns: sheet.columns, ratio: sheet.width / sheet.height };
}

const LARGE: [number, number, number][] = [
  [1024, 2, 2],
  [512, 3, 4],
]; // from so many pixels on: rows and columns of the sheet of a model that was brought

/** The sheet of a model: of its training, or as it was brought. */
export function sheetOf(model: Pick<Model, 'id' | 'step' | 'bundled' | 'resolution' | 'facts'>): Sheetlike {
  const brought = model.step === null && !model.bundled;
  const [, rows, columns] = (brought && LARGE.find(([pixels]) => model.resolution >= pixels)) || [0, 4, 7];
  return { src: `/models/${model.id}/sheet`, rows, columns, ratio: ratioOf(frameOf(model.facts)) };
}

/** Width by height of one picture of a model's sheet. A frame without a kind is an older one, whose sheet is of squares. */
function ratioOf({ kind, width, height }: Frame): number {
  return kind && width > 0 && height > 0 ? width / height : 1;
}

/** The aspect of the pictures of a model that learnt them squeezed, such as 3:2. */
export function squeezedTo({ facts }: Pick<Model, 'facts'>): string | undefined {
  const { kind, width, height } = frameOf(facts);
  return kind === 'squeeze' ? `${width}:${height}` : undefined;
}

interface Frame {
  kind: unknown;
  width: number;
  height: number;
}

function frameOf(facts: Model['facts']): Frame {
  const told = new Map<string, unknown>(Object.entries(Object(facts['frame'])));
  return { kind: told.get('kind'), width: Number(told.get('width')), height: Number(told.get('height')) };
}

/** One place of a sheet: the same point of the network's mind, at that sheet's moment. */
export function Point({ sheet, place, alt }: { sheet: Sheetlike; place: number; alt?: string }) {
  const column = place % sheet.columns;
  const row = Math.floor(place / sheet.columns);
  const share = (at: number, of: number) => (of > 1 ? `${(100 * at) / (of - 1)}%` : '0%');
  const style = {
    aspectRatio: `${sheet.ratio}`,
    backgroundImage: `url(${sheet.src})`,
    backgroundSize: `${sheet.columns * 100}% ${sheet.rows * 100}%`,
    backgroundPosition: `${share(column, sheet.columns)} ${share(row, sheet.rows)}`,
  };
  return <span class="point" style={style} {...(alt ? { role: 'img', 'aria-label': alt } : { 'aria-hidden': true })} />;
}
