/** Day or night: as the system says, until a person says otherwise. */

export type Theme = 'day' | 'night';
const KEY = 'reverie.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function chosen(): Theme | null {
  const kept = localStorage.getItem(KEY);
  return kept === 'day' || kept === 'night' ? kept : null;
}

export function theme(): Theme {
  return chosen() ?? (dark.matches ? 'night' : 'day');
}

export function choose(next: Theme | null): void {
  if (next) localStorage.setItem(KEY, next);
  else localStorage.removeItem(KEY);
  applyTheme();
}

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme();
}

dark.addEventListener('change', applyTheme);
