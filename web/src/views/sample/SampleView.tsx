import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET } from '../../api/client';
import { aroundAddress } from '../../api/draw';
import { useLoad } from '../../api/load';
import { give, like } from '../../api/stars';
import { type Beside, beside } from '../../api/walk';
import { mirrored, useKeys } from '../../keys';
import { Button, ButtonLink } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { complain } from '../../parts/notices';
import { sampleImage } from '../../parts/Picture';
import { Shown } from '../../parts/States';
import { useZoom } from '../../parts/zoom';
import { whence } from '../../recipe';
import { type At, go, journeyAddress } from '../../routes';
import { day } from '../../words';
import { addressOf, placeOf } from '../explore/place';
import { Marks } from './Marks';
import './made.css';
import { useOriginals } from './originals';
import { copy, Recipe } from './Recipe';
import { Pictures, Resemblances, useResembling } from './Resembling';
import './sample.css';
import { Save } from './Save';
import { Tags } from './Tags';

/** One invented picture, large; left and right go on in the list it was found in, full screen as well. */
export default function SampleView({ at }: { at: At }) {
  const id = at.path[1] ?? '';
  const words = listOf(at.query);
  const sample = useLoad(id, async () => {
    const found = await answer(GET('/samples/{sample_id}', { params: { path: { sample_id: id } } }));
    const model = await answer(GET('/models/{model_id}', { params: { path: { model_id: found.model_id } } })).catch(() => null);
    return { sample: found, model };
  });
  const list = useLoad(`${id} in ${words}`, () => beside(words, id));
  const [asked, setAsked] = useState(false); // for the recipe, over a full screen
  const zoom = useZoom({ plain: true });
  const resembling = useResembling(at, id, useOriginals(id));
  const gallery = `#/gallery${words ? `?${words}` : ''}`;
  const to = (next: string | null | undefined) => {
    if (next) go(`#/samples/${next}${words ? `?${words}` : ''}`);
  };
  const early = useRef<{ of: string; by: 1 | -1 } | null>(null); // a key that came before it was known what lies beside
  const turn = (by: 1 | -1) => {
    if (list.value) to(by > 0 ? list.value.after : list.value.before);
    else early.current = { of: id, by };
  };
  const now = sample.value?.sample;
  const stars = (rating: number) => void (now && give(now, now.rating === rating ? 0 : rating).then(sample.again, complain));
  const heart = () => void (now && like(now, !now.favourite).then(sample.again, complain));
  const arrow = (right: number, turn: (() => void) | null) => (event: KeyboardEvent) => {
    if (!zoom.zoomed) return turn?.();
    event.preventDefault();
    zoom.pan(turn ? right : 0, turn ? 0 : right);
  };
  const recipe = () => {
    setAsked(!asked);
    if (!document.fullscreenElement) document.querySelector<HTMLElement>('.made h2')?.focus();
  };
  useKeys({
    ArrowLeft: arrow(-1, () => turn(mirrored() ? 1 : -1)),
    ArrowRight: arrow(1, () => turn(mirrored() ? -1 : 1)),
    ArrowUp: arrow(-1, null),
    ArrowDown: arrow(1, null),
    Escape: () => (zoom.zoomed ? zoom.whole() : resembling.held ? resembling.hold(null) : !document.fullscreenElement && !document.querySelector(':popover-open') && go(gallery)),
    f: heart,
    F: full,
    i: recipe,
    z: zoom.toggle,
    '=': zoom.larger,
    '+': zoom.larger,
    '-': zoom.smaller,
    c: () => now && copy(now.recipe),
    r: () => now && copy(now.recipe),
    s: () => stars(now?.rating || 1),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((rating) => [String(rating), () => stars(rating)])),
  });
  useStaying();
  useEffect(() => {
    for (const next of [list.value?.after, list.value?.before]) if (next) new Image().src = sampleImage(next)(1024);
    const by = early.current?.of === id ? early.current.by : null;
    if (!list.value || !by) return;
    early.current = null;
    turn(by);
  }, [list.value]);
  return (
    <Shown of={sample} what="this picture">
      {({ sample: found, model }) => (
        <div class={asked ? 'page sample asked' : 'page sample'}>
          <header class="spread">
            <div class="row">
              <a class="bare up" href={gallery} aria-label="Back to the gallery">
                <Icon name="back" />
              </a>
              <h1 tabIndex={-1} class="in-bar" data-title={`Found on ${day(found.created_at)}`}>
                Found on {day(found.created_at)} <span>{whence(found.recipe)}</span>
              </h1>
            </div>
          </header>
          <div class="pictures">
            <Pictures sample={found} of={resembling} zoom={zoom} />
          </div>
          <div class="spread under">
            <Marks of={found} changed={sample.again} />
            <div class="row">
              <Button icon="full" does={full}>
                Full screen
              </Button>
              <ButtonLink href={`#/samples/${id}/large`}>Enlarge</ButtonLink>
              <Save sample={found} photos={resembling.shown} pairs={resembling.leans ? [] : resembling.pairs} />
              {model && (
                <ButtonLink look="primary" icon="explore" href={addressOf(placeOf(found))}>
                  Wander from here
                </ButtonLink>
              )}
            </div>
          </div>
          <nav class="turn" aria-label="In this list">
            <Button look="quiet" does={() => to(list.value?.before)} off={why(list.value, 'before')}>
              Before
            </Button>
            <Button look="quiet" does={() => to(list.value?.after)} off={why(list.value, 'after')}>
              Next
            </Button>
            {model && (
              <a class="button quiet" href={aroundAddress(placeOf(found))}>
                Draw more around it
              </a>
            )}
            {model && (
              <a class="button quiet" href={journeyAddress('samples', [found.id])}>
                Make a journey
              </a>
            )}
          </nav>
          <div class="sample-below">
            <Resemblances of={resembling} />
            <div class="stack made">
              <Recipe sample={found} model={model} />
              <Tags sample={found} changed={sample.again} />
            </div>
          </div>
        </div>
      )}
    </Shown>
  );
}

/** The words of the list that a picture is looked at in: what is looked at within the picture is not of them. */
function listOf(query: URLSearchParams): string {
  const own = ['part', 'leans'];
  return new URLSearchParams([...query].filter(([name]) => !own.includes(name))).toString();
}

/** The whole page is full screen, not the picture: so one turns to the next and stays in it. */
function full(): void {
  (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(complain);
}

/** Leave the full screen with the view, unless another picture follows. */
function useStaying(): void {
  useEffect(
    () => () => {
      if (document.fullscreenElement && !location.hash.startsWith('#/samples/')) document.exitFullscreen().catch(() => undefined);
    },
    [],
  );
}

function why(list: Beside | undefined, side: 'before' | 'after'): string | undefined {
  if (!list) return 'One moment';
  if (list[side]) return undefined;
  if (!list.found) return 'It is not in this list.';
  return side === 'before' ? 'This is the first.' : 'This is the last.';
}
