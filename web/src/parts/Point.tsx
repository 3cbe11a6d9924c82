import type { Sheet } from '../api/client';
import './point.css';

export interface Sheetlike {
  src: string;
  rows: number;
  columns: number;
}

export function sheetlike(sheet: Sheet): Sheetlike {
  return { src: `/artifacts/${sheet.artifact_id}/image`, rows: sheet.rows, columns: sheet.columns };
}

/** One place of a sheet: the same point of the network's mind, at that sheet's moment. */
export function Point({ sheet, place, alt }: { sheet: Sheetlike; place: number; alt?: string }) {
  const column = place % sheet.columns;
  const row = Math.floor(place / sheet.columns);
  const share = (at: number, of: number) => (of > 1 ? `${(100 * at) / (of - 1)}%` : '0%');
  const style = {
    backgroundImage: `url(${sheet.src})`,
    backgroundSize: `${sheet.columns * 100}% ${sheet.rows * 100}%`,
    backgroundPosition: `${share(column, sheet.columns)} ${share(row, sheet.rows)}`,
  };
  return <span class="point" style={style} {...(alt ? { role: 'img', 'aria-label': alt } : { 'aria-hidden': true })} />;
}
