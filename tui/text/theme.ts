// Themes: what each meaning looks like. Colors are the terminal's own sixteen, so its palette and background stay right.
import type { Line, Token } from './line.ts';

/** Parameters of SGR (ECMA-48 §8.3.117), such as `1;31`; empty: nothing. */
export type Theme = Readonly<Record<Token, string>>;

const ansi: Theme = {
  ok: '32',
  here: '32',
  standby: '',
  claiming: '36',
  warn: '33',
  crit: '1;31',
  info: '36',
  // Faint, not bright black, which some palettes (Solarized) give the color of the background.
  dim: '2',
  accent: '36',
  title: '1',
  selection: '7',
  frozen: '7',
  stale: '7;33',
};

/** No color at all; bold and reverse are none. */
const mono: Theme = {
  ok: '',
  here: '',
  standby: '',
  claiming: '',
  warn: '1',
  crit: '1',
  info: '',
  dim: '',
  accent: '',
  title: '1',
  selection: '7',
  frozen: '7',
  stale: '7',
};

export const themes = {
  ansi,
  mono,
  'high-contrast': { ...ansi, dim: '', ok: '1;32', here: '1;32', warn: '1;33', crit: '1;7;31', accent: '1;36' },
  // Blue and orange: told apart with weak red or green sight.
  deuteranopia: { ...ansi, ok: '34', here: '34', warn: '38;5;214', crit: '1;38;5;202' },
  // Red and cyan: told apart with weak blue sight.
  tritanopia: { ...ansi, ok: '36', here: '36', warn: '35', crit: '1;31', accent: '36' },
  // Yellow and light gray cannot be read on white.
  light: { ...ansi, warn: '35', dim: '38;5;243', claiming: '34', info: '34', accent: '34' },
} as const satisfies Record<string, Theme>;

export type ThemeName = keyof typeof themes;

export function isThemeName(name: string): name is ThemeName {
  return Object.hasOwn(themes, name);
}

/** The line with escape sequences; every style is ended where it ends. */
export function paint(line: Line, theme: Theme): string {
  let result = '';
  for (const { text, style } of line) {
    const parameters = style === undefined ? '' : theme[style];
    result += parameters === '' ? text : `\u001b[${parameters}m${text}\u001b[0m`;
  }
  return result;
}
