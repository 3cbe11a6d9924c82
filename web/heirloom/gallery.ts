/** The favourites with their places, and the films. */
import { el, type Favourite, type Film, pack } from './pack';

/** A gallery of what was kept; a picture whose place is known leads there. */
export function favourites(go: (favourite: Favourite) => void): HTMLElement[] {
  if (!pack.favourites.length) return [];
  const items = pack.favourites.map((one) => {
    const file = one.thumb ? `page/thumbs/${one.name}.webp` : `favourites/${one.name}.png`;
    const image = el('img', { src: file, alt: `Favourite ${Number(one.name)}`, loading: 'lazy', width: one.size[0], height: one.size[1], style: `background: ${one.average}` });
    const press = one.place && el('button', { type: 'button', title: 'Go to its place', onclick: () => go(one) }, image);
    const links = el('figcaption', {}, el('a', { href: `favourites/${one.name}.png` }, 'picture'), el('a', { href: `recipes/${one.name}.json` }, 'recipe'), !one.place && el('span', {}, 'by another model'));
    return el('li', {}, el('figure', {}, press ?? image, links));
  });
  return [el('section', {}, el('h2', {}, 'Favourites'), el('ul', { class: 'favourites' }, ...items))];
}

export function films(): HTMLElement[] {
  if (!pack.films.length) return [];
  const items = pack.films.map((film) => {
    const links = el('figcaption', {}, el('span', {}, film.name), film.file ? el('a', { href: film.file }, 'film') : null, el('a', { href: film.recipe }, 'recipe'));
    return el('li', {}, el('figure', {}, played(film), links));
  });
  return [el('section', {}, el('h2', {}, 'Journeys'), el('ul', { class: 'films' }, ...items))];
}

/** A film that a browser plays, or what is to be seen of one that it does not. */
function played({ file, form, name, poster = '' }: Film): HTMLElement | null {
  if (file && (form === 'mp4' || form === 'webm')) return el('video', { src: file, controls: '', preload: 'none', poster: poster || null, playsinline: '', 'aria-label': name });
  const picture = form === 'gif' ? file : poster;
  return picture ? el('img', { src: picture, alt: name, loading: 'lazy' }) : null;
}
