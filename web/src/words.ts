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

/** "5 times", "once", "less than once". */
export function times(n: number): string {
  if (n < 0.95) return n < 0.05 ? 'not yet' : 'less than once';
  const rounded = Math.round(n);
  return rounded === 1 ? 'once' : rounded === 2 ? 'twice' : `${whole.format(rounded)} times`;
}

export function licence(spdx: string): string {
  if (!spdx) return 'Unknown';
  if (/-NC/i.test(spdx)) return 'Non-commercial';
  if (/-SA/i.test(spdx)) return 'Share alike';
  if (/^(CC0|CC-BY-|Apache|MIT|BSD)/i.test(spdx)) return 'Free to use';
  return spdx;
}
