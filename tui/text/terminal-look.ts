// What the terminal can show, from its environment: glyph profile, theme, or why it cannot be used at all.
import type { ProfileName } from './glyphs.ts';
import { isThemeName, type ThemeName, themes } from './theme.ts';

export interface Look {
  readonly profile: ProfileName;
  readonly theme: ThemeName;
}

export interface LookWishes {
  readonly ascii: boolean;
  /** Null: as the environment says. */
  readonly theme: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Why a full screen cannot be drawn here, as the end of a sentence; null when it can. */
export function obstacle(env: Environment, isTerminal: boolean): string | null {
  if (!isTerminal) return 'standard input and output are no terminal; use: lanlord status --watch';
  const term = env['TERM'] ?? '';
  if (term === '' || term === 'dumb') {
    return `terminal cannot address the cursor (TERM=${term}); use: lanlord status --watch`;
  }
  return null;
}

/** @returns the look, or the sentence why the wish cannot be met. */
export function chooseLook(env: Environment, wishes: LookWishes): Look | string {
  if (wishes.theme !== null && !isThemeName(wishes.theme)) {
    return `unknown theme "${wishes.theme}" (there are ${Object.keys(themes).join(', ')})`;
  }
  const wished = wishes.theme as ThemeName | null;
  // no-color.org: any value but the empty one.
  const noColor = (env['NO_COLOR'] ?? '') !== '';
  const usual = isLight(env) ? 'light' : 'ansi';
  return { profile: wishes.ascii ? 'ascii' : profileOf(env), theme: wished ?? (noColor ? 'mono' : usual) };
}

/** rxvt, Konsole, iTerm2 and others say it as `0;15`: black on white. Nothing else tells the background without asking. */
function isLight(env: Environment): boolean {
  return /;(7|15)$/.test(env['COLORFGBG'] ?? '');
}

function profileOf(env: Environment): ProfileName {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (!/utf-?8/i.test(locale)) return 'ascii';
  return env['TERM'] === 'linux' ? 'vt' : 'unicode';
}
