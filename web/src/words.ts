/** Numbers and times as one would say them. */

const whole = new Intl.NumberFormat('en');

export function count(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}

export function number(n: number): string {
  return whole.format(n);
}

export function duration(seconds: number): string {
  if (seconds < 50) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return count(minutes, 'minute');
  const hours = Math.round(minutes / 6) / 10;
  if (hours < 36) return count(hours, 'hour');
  return count(Math.round(hours / 24), 'day');
}

export function bytes(n: number): string {
  for (const [unit, size] of [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]] as const)
    if (n >= size) return `${(n / size).toFixed(n < 10 * size ? 1 : 0)} ${unit}`;
  return count(n, 'byte');
}

export function day(when: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(when));
}

/** "5 times", "once", "less than once"; null for not yet. */
export function times(n: number): string | null {
  if (n < 0.95) return n > 0 ? 'less than once' : null;
  const rounded = Math.round(n);
  return rounded === 1 ? 'once' : rounded === 2 ? 'twice' : `${whole.format(rounded)} times`;
}

/** What a licence lets one do; what a training made of a person's own photographs is that person's. */
export function licence({ licence: spdx, step, terms = '' }: { licence: string; step?: number | null; terms?: string }): string {
  // What was learnt here is its owner's, unless it began with something whose licence nobody has said.
  if (!spdx || spdx === 'NOASSERTION') return typeof step === 'number' && !terms.includes('Its base asks') ? 'Yours' : 'Licence unknown';
  if (/-NC/i.test(spdx)) return 'Non-commercial';
  if (/-SA/i.test(spdx)) return 'Share alike';
  if (/^(CC0|CC-BY-|Apache|MIT|BSD)/i.test(spdx)) return 'Free to use';
  return spdx;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Texts as sentences: each begins with a capital and ends, so that none runs into the next. */
export function sentences(...texts: (string | null | undefined)[]): string {
  return texts
    .map((text) => (text ?? '').trim())
    .filter(Boolean)
    .map((text) => capital(/[.?!:…]$/.test(text) ? text : `${text}.`))
    .join(' ');
}

const REST = /\b(GET|POST|PATCH|PUT|DELETE) \/|under errors/;

/** A remedy without what only a program can do. */
export function forPeople(remedy: string): string {
  return remedy
    .split(/(?<=[.;])\s+/)
    .filter((clause) => !REST.test(clause))
    .join(' ')
    .replace(/;$/, '.');
}

/** The time of day, with its day where that is not today. */
export function moment(when: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(new Date(when));
  return day(when) === day(new Date().toISOString()) ? time : `${day(when)}, ${time}`;
}

/** What a model was called when it was brought. */
export function brought({ params }: { params: Record<string, unknown> }): string {
  return [params['name'], params['filename']].find((name): name is string => typeof name === 'string') ?? 'a model';
}
