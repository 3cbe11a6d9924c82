import { useEffect, useState } from 'preact/hooks';
import './app.css';
import { KeyList } from './KeyList';
import { Running } from './Running';
import { Dropping } from './uploads/Dropping';
import { Icon } from './parts/Icon';
import type { IconName } from './parts/icons';
import { Notices } from './parts/notices';
import { useArrival } from './arrival';
import { above, addressOf, type At, here, loaderOf, type View, viewOf } from './routes';
import { choose, theme } from './theme';

const NAVIGATION: { to: string; word: string; icon: IconName; also: string[] }[] = [
  { to: 'archives', word: 'Archives', icon: 'archives', also: ['train'] },
  { to: 'models', word: 'Models', icon: 'models', also: ['trainings'] },
  { to: 'explore', word: 'Explore', icon: 'explore', also: [] },
  { to: 'gallery', word: 'Gallery', icon: 'gallery', also: ['samples'] },
  { to: 'journeys', word: 'Journeys', icon: 'journeys', also: [] },
];

/** The frame around every view: where one is, what is learning, and where one can go. */
export function App() {
  const [at, setAt] = useState(here);
  const [view, setView] = useState<{ key: string; View: View }>();
  const key = at.path[0] ?? '';
  useEffect(() => {
    // Of a way through the history the browser tells by both, and by popstate at once: a key that is pressed before the
    // other one would still be meant for the address before.
    const moved = () => setAt((was) => (addressOf(was) === addressOf(here()) ? was : here()));
    addEventListener('popstate', moved);
    addEventListener('hashchange', moved);
    return () => (removeEventListener('popstate', moved), removeEventListener('hashchange', moved));
  }, []);
  const address = viewOf(at);
  const { main, title } = useArrival(address);
  useEffect(() => {
    const load = loaderOf(at);
    let left = false;
    const show = (View: View) => !left && setView({ key: address, View });
    if (load) load(at).then((loaded) => show(loaded.default), () => show(Away));
    else show(Nowhere);
    return () => void (left = true);
  }, [address]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.querySelector('h1')?.focus())}>
        Go to the content
      </a>
      <header class="top">
        <Back at={at} title={title} />
        <a class="name" href="#/">
          Reverie
        </a>
        <nav class="wide" aria-label="Main">
          <Links current={key} />
        </nav>
        <Running />
        <Look />
      </header>
      <Notices />
      <main id="main" ref={main}>
        {view && view.key === address ? <view.View key={address} at={at} /> : <p class="quiet-word">One moment</p>}
      </main>
      <nav class="bar" aria-label="Main, below">
        <Links current={key} icons />
      </nav>
      <Dropping at={at} />
      <KeyList />
    </>
  );
}

/** On a phone, in the place of the name: the way back, and where one is. */
function Back({ at, title }: { at: At; title: string }) {
  const up = above(at);
  if (!up) return null;
  return (
    <a class="back" href={up.to} aria-label={`Back: ${up.word}`}>
      <Icon name="back" />
      <span>{title}</span>
    </a>
  );
}

function Links({ current, icons = false }: { current: string; icons?: boolean }) {
  return (
    <ul>
      {NAVIGATION.map(({ to, word, icon, also }) => (
        <li key={to}>
          <a href={`#/${to}`} aria-current={current === to || also.includes(current) ? 'page' : undefined}>
            {icons && <Icon name={icon} />}
            {word}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Look() {
  const [now, setNow] = useState(theme);
  const other = now === 'day' ? 'night' : 'day';
  return (
    <div class="look">
      <button type="button" class="bare" aria-label={`Look by ${other}`} onClick={() => (choose(other), setNow(other))}>
        <Icon name={other === 'night' ? 'moon' : 'sun'} />
      </button>
      <a class="bare" href="#/jobs" aria-label="Jobs">
        <Icon name="jobs" />
      </a>
      <a class="bare" href="#/settings" aria-label="Settings">
        <Icon name="settings" />
      </a>
    </div>
  );
}

/** A view is a file of the server's; where it cannot be had, neither can what it would show. */
function Away() {
  return (
    <div class="page stack" role="alert">
      <h1 tabIndex={-1}>The server does not answer.</h1>
      <p>This view has not been loaded yet. Nothing is lost.</p>
      <button type="button" class="word" onClick={() => location.reload()}>
        Load the page again
      </button>
    </div>
  );
}

function Nowhere() {
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>There is nothing at this address.</h1>
      <p>
        <a class="word" href="#/">
          Go to the beginning
        </a>
      </p>
    </div>
  );
}
