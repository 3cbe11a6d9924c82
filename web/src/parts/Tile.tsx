import { sizeFor, viewOfBrowser } from '../api/tile';
import { type Point, tileOf } from '../views/explore/place';
import { Picture } from './Picture';

interface TileProps {
  model: string;
  point: Point;
  shown: number; // CSS pixels
  alt: string;
  urgent?: boolean; // before others that are fetched meanwhile
  linked?: boolean; // it stands in a link, where no button may
}

/** What a model draws at a point: an invented picture that nobody has kept. */
export function Tile({ model, point, shown, alt, urgent = true, linked = false }: TileProps) {
  const src = (pixels: number) => tileOf(model, point, { size: sizeFor(pixels), view: `${viewOfBrowser()}-echoes` });
  return <Picture key={src(shown)} kind="invented" src={src} shown={shown} alt={alt} eager urgent={urgent} linked={linked} patient />;
}
