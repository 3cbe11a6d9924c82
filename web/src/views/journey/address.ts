/** Where one is in a journey, in its address, as one comes to rest. */
import { useEffect } from 'preact/hooks';
import { go, here, withQuery } from '../../routes';
import type { Clock } from './playing';
import { tidy } from './time';

const REST_MS = 500;

export function useTold(clock: Clock): void {
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      const at = here();
      const t = clock.at > 0 ? String(tidy(clock.at)) : null;
      if (!clock.playing && at.path[0] === 'journeys' && at.query.get('t') !== t) go(withQuery(at, { t }), { replace: true });
    };
    const left = clock.hear(() => {
      clearTimeout(later);
      if (!clock.playing) later = setTimeout(tell, REST_MS);
    });
    return () => (left(), clearTimeout(later));
  }, [clock]);
}
