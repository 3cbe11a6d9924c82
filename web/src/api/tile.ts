/** Pictures of single points, as renderers draw them and browsers keep them. */

const VIEW = 'reverie.view';
export const SIZES = [64, 96, 128, 192, 256, 384, 512, 768, 1024]; // pixels

/** The size that is asked for, so that as many pixels are there: of few sizes, each picture is drawn once. */
export function sizeFor(pixels: number): number {
  return SIZES.find((size) => size >= pixels) ?? SIZES.at(-1)!;
}

/** Who looks: renderers take turns between views. One name a browser, so that it knows its pictures again. */
export function viewOfBrowser(): string {
  const known = localStorage.getItem(VIEW);
  if (known && /^[\da-f]{12}$/.test(known)) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  localStorage.setItem(VIEW, made);
  return made;
}
