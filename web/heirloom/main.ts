/** The page of a heirloom pack: explores its network in the browser alone. */
import { type At, asked, read, written } from './address';
import { Artist, type Picture } from './artist';
import { favourites, films } from './gallery';
import { bytesOf, el, onDisk, pack, shown } from './pack';
import './style.css';
import { Wander } from './wander';

const app = document.querySelector('#app')!;
const state = el('p', { class: 'state', role: 'status' });
const artist = new Artist(failed);
let at: At = read(location.hash);

const wander = new Wander(artist, (place) => ((at = place), keep()), look);
const dialog = el('dialog', { class: 'look', 'aria-label': 'A picture' });

function failed(why: string): void {
  const how = onDisk
    ? 'Your browser lets a page read no files from a disk. Open a terminal in this folder, say “python3 -m http.server 8000”, and open http://localhost:8000.'
    : 'Copy the folder anew, or look into README.txt for other ways.';
  state.replaceChildren(el('strong', {}, 'It cannot draw here. '), `${how} (${why})`);
  state.classList.add('bad');
}

/** Say how far it is; what went wrong stays. */
function say(words: string): void {
  if (!state.classList.contains('bad')) state.textContent = words;
}

const keep = () => history.replaceState(null, '', written(at));

function go(place: At): void {
  at = place;
  keep();
  show();
}

const psi = el('input', { type: 'range', min: 0, max: 1, step: 0.05, 'aria-label': 'From typical to strange', onchange: () => go({ ...at, psi: Number(psi.value) }) });
const near = el('input', { type: 'range', min: 0.1, max: 1.5, step: 0.05, 'aria-label': 'How far neighbours are apart', onchange: () => go({ ...at, near: Number(near.value) }) });
const seed = el('input', { type: 'number', min: 0, max: 2 ** 32 - 1, 'aria-label': 'Seed', onchange: () => go({ ...at, favourite: null, seed: read(`seed=${seed.value}`).seed, x: 0, y: 0 }) });
const label = el('select', { 'aria-label': 'What it draws', onchange: () => go({ ...at, label: label.value === '' ? null : Number(label.value) }) });

function controls(): HTMLElement {
  const random = () => go({ ...at, favourite: null, seed: crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000, x: 0, y: 0 });
  label.append(el('option', { value: '' }, 'Anything'), ...Array.from({ length: pack.classes }, (_, n) => el('option', { value: n }, pack.labels[n] ?? `Label ${n}`)));
  return el(
    'form',
    { class: 'controls', onsubmit: (event: Event) => event.preventDefault() },
    el('button', { type: 'button', class: 'button primary', onclick: random }, 'Somewhere else'),
    el('label', { class: 'range' }, el('span', {}, 'Typical'), psi, el('span', {}, 'Strange')),
    el('label', { class: 'range' }, el('span', {}, 'Near'), near, el('span', {}, 'Far')),
    pack.classes > 1 && el('label', { class: 'seed' }, 'Of', label),
    el('label', { class: 'seed' }, 'Seed', seed),
  );
}

function show(): void {
  psi.value = String(at.psi);
  near.value = String(at.near);
  seed.value = at.favourite ? '' : String(at.seed);
  seed.placeholder = at.favourite ? 'a favourite' : '';
  label.value = at.label === null ? '' : String(at.label);
  wander.go(at);
}

/** Look at one picture by itself. */
function look(place: At, picture: Picture | undefined): void {
  const canvas = el('canvas', { class: 'large' });
  [canvas.width, canvas.height] = pack.shown;
  const save = () => {
    const name = `${pack.name} ${place.favourite?.name ?? place.seed}.png`;
    el('a', { href: canvas.toDataURL('image/png'), download: name }).click();
  };
  const wanderOn = () => (dialog.close(), go(place));
  dialog.replaceChildren(
    canvas,
    el(
      'div',
      { class: 'row' },
      el('button', { type: 'button', class: 'button primary', onclick: wanderOn }, 'Wander from here'),
      el('button', { type: 'button', class: 'button', onclick: save }, 'Save as PNG'),
      el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Close'),
    ),
  );
  dialog.showModal();
  const put = (drawn: Picture) => (shown(drawn, canvas), canvas.classList.add('drawn'));
  if (picture) put(picture);
  else artist.draw(asked(place), () => -1, put);
}

function about(): HTMLElement {
  const checked = el('p', { class: 'small', id: 'checked' }, 'Not checked yet against the picture that was kept.');
  const lineage = pack.lineage.map(({ name, spdx, terms }) => el('li', {}, el('strong', {}, name), `. ${[spdx === 'NOASSERTION' ? '' : `${spdx}.`, terms].filter(Boolean).join(' ') || 'Nobody has said.'}`));
  return el(
    'section',
    { class: 'about' },
    el('h2', {}, 'About this folder'),
    el('p', {}, `Made on ${day(pack.made)} to be kept. It needs nothing but this folder: the network itself draws here, in your browser, and nothing is asked of any other machine. No photograph is in it. README.txt says how every file is read.`),
    checked,
    el('h3', {}, 'Licence'),
    el('p', {}, pack.licenceWords),
    lineage.length > 0 && el('p', { class: 'small' }, 'It has learnt on from:'),
    lineage.length > 0 && el('ul', { class: 'small' }, ...lineage),
  );
}

const day = (date: string) => new Date(`${date}T12:00:00`).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

/** Draw the picture whose pixels are known, and say how far it is off. */
async function check(): Promise<void> {
  const kept = await createImageBitmap(new Blob([bytesOf(pack.check.png)], { type: 'image/png' }));
  const canvas = el('canvas', { width: kept.width, height: kept.height });
  const on = canvas.getContext('2d')!;
  on.drawImage(kept, 0, 0);
  const wanted = on.getImageData(0, 0, kept.width, kept.height).data;
  const place = { ...read(`seed=${pack.check.seed}`), psi: pack.check.psi };
  artist.draw(asked(place), () => 1e9, (drawn) => {
    let most = 0;
    for (let i = 0; i < drawn.length; i++) {
      const pixel = pack.channels === 3 ? 4 * Math.floor(i / 3) + (i % 3) : 4 * i;
      most = Math.max(most, Math.abs(drawn[i]! - wanted[pixel]!));
    }
    document.documentElement.dataset.off = String(most);
    const words = most <= 2 ? 'The network draws here what it drew when the folder was made' : 'The network does not draw here what it drew when the folder was made';
    document.querySelector('#checked')!.textContent = `${words}: a picture that was kept differs by at most ${most} of 255.`;
  });
}

function themed(): HTMLElement {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const button = el('button', { type: 'button', class: 'word', onclick: () => set(root.dataset.theme === 'night' ? 'day' : 'night') });
  const root = document.documentElement;
  const set = (theme: string) => ((root.dataset.theme = theme), (button.textContent = theme === 'night' ? 'By day' : 'By night'));
  set(dark.matches ? 'night' : 'day');
  dark.addEventListener('change', () => set(dark.matches ? 'night' : 'day'));
  return button;
}

async function begin(): Promise<void> {
  document.title = pack.name;
  const plane = el('section', { class: 'wander', 'aria-label': 'Explore' }, wander.view, state, controls());
  app.replaceChildren(
    el('header', {}, el('div', { class: 'spread' }, el('h1', {}, pack.name), themed()), el('p', { class: 'words' }, pack.words)),
    plane,
    ...favourites((favourite) => {
      go(read(`favourite=${favourite.name}`));
      wander.view.scrollIntoView({ block: 'center' });
      wander.view.focus({ preventScroll: true });
    }),
    ...films(),
    about(),
    dialog,
  );
  window.addEventListener('hashchange', () => go(read(location.hash)));
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  if (onDisk && !pack.within) return failed('this network is too large to be read from a disk');
  say('Reading the network …');
  wander.view.addEventListener('drawn', () => say(''));
  show();
  try {
    await artist.begin((share) => say(share < 1 ? `Reading the network, ${Math.round(share * 100)} % …` : 'Drawing the first picture …'));
    wander.view.addEventListener('drawn', () => void check(), { once: true });
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
  }
}

void begin();
