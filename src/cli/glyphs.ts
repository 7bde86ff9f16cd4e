// Signs beside the words; the word always says the same.

export interface Glyphs {
  readonly pass: string;
  readonly fail: string;
  readonly skipped: string;
  readonly critical: string;
  readonly warning: string;
  readonly info: string;
}

const unicode: Glyphs = { pass: '√', fail: '×', skipped: '·', critical: '‼', warning: '▲', info: '·' };
const ascii: Glyphs = { pass: '+', fail: 'x', skipped: '-', critical: '!', warning: '^', info: '-' };

/** ASCII where the terminal says that it cannot do more: TERM=dumb, or a locale that is set and not UTF-8. */
export function glyphs(isTty: boolean, env: Readonly<Record<string, string | undefined>>): Glyphs {
  if (env['TERM'] === 'dumb') return ascii;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return isTty && locale !== '' && !/utf-?8/i.test(locale) ? ascii : unicode;
}
