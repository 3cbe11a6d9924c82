import { bytes, duration } from '../words';
import type { Sending } from './sending';

/** A line for one file on its way to the server. */
export function Going({ one }: { one: Sending }) {
  const speed = (one.sent - one.from) / Math.max(1, (Date.now() - one.began) / 1000);
  const share = (part: number) => `${Math.floor((100 * part) / Math.max(1, one.size))} %`;
  const words = {
    waiting: 'Waiting',
    sent: 'Sent',
    failed: 'Not sent',
    stopped: `Waiting for the network; ${share(one.safe)} is safe`,
    sending: `${share(one.sent)}, ${duration((one.size - one.sent) / Math.max(1, speed))} left`,
  }[one.state];
  return (
    <li class="stack coming">
      <p class="spread">
        <span class="filename">{one.name}</span>
        <span class="small">{words}</span>
      </p>
      <progress max={one.size || 1} value={one.sent} aria-label={`Sending ${one.name}, ${bytes(one.size)}`} />
      {one.reason && (
        <p class="small">
          {one.reason}{' '}
          {one.again && (
            <button type="button" class="word" onClick={one.again}>
              {one.safe > 0 ? 'Go on sending it' : 'Send it again'}
            </button>
          )}
        </p>
      )}
    </li>
  );
}
