/** One stream of events for the whole page, whatever view listens: a browser opens only six to one server. */

const TYPES = ['state', 'progress', 'snapshot', 'sheet', 'measures', 'model', 'directions', 'preview', 'found', 'film', 'notice'] as const;
export type EventType = (typeof TYPES)[number];
type Hear = (type: EventType, job: string) => void;

const hearers = new Set<Hear>();
let source: EventSource | null = null;

/** Hear every event until the returned function is called. */
export function listen(hear: Hear): () => void {
  hearers.add(hear);
  if (!source) open();
  return () => {
    hearers.delete(hear);
    if (hearers.size === 0) close();
  };
}

function open(): void {
  if (document.hidden) return;
  source = new EventSource('/events'); // it comes back by itself, with the Last-Event-ID that it has seen
  source.onopen = () => all('state'); // what was said until now may be missed: everyone looks again
  source.onerror = () => source?.readyState === EventSource.CLOSED && setTimeout(reopen, 5000);
  for (const type of TYPES) source.addEventListener(type, (event) => hearers.forEach((hear) => hear(type, jobOf(event))));
}

function close(): void {
  source?.close();
  source = null;
}

function reopen(): void {
  close();
  if (hearers.size > 0) open();
}

function all(type: EventType): void {
  hearers.forEach((hear) => hear(type, ''));
}

function jobOf(event: MessageEvent): string {
  const told: unknown = JSON.parse(String(event.data));
  const job: unknown = typeof told === 'object' && told !== null ? Reflect.get(told, 'job_id') : '';
  return typeof job === 'string' ? job : '';
}

// A page that nobody sees holds no connection.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) close();
  else if (!source) reopen();
});
