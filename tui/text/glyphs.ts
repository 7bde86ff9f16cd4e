// The signs of the three glyph profiles, and which characters of foreign text each profile shows.

export type ProfileName = 'unicode' | 'vt' | 'ascii';

/** One name per meaning. A word beside the sign always says the same. */
export interface Glyphs {
  readonly name: ProfileName;
  readonly here: string;
  readonly peer: string;
  readonly claiming: string;
  readonly warning: string;
  readonly critical: string;
  readonly info: string;
  readonly pass: string;
  readonly fail: string;
  readonly skipped: string;
  readonly selected: string;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly horizontal: string;
  readonly vertical: string;
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  readonly used: string;
  readonly idle: string;
  readonly free: string;
  readonly up: string;
  readonly down: string;
  readonly times: string;
  /** From nothing to the maximum. */
  readonly spark: readonly string[];
}

const unicode: Glyphs = {
  name: 'unicode',
  here: '•',
  peer: '○',
  claiming: '~',
  warning: '▲',
  critical: '‼',
  info: '·',
  pass: '√',
  fail: '×',
  skipped: '·',
  selected: '►',
  ellipsis: '…',
  arrow: '→',
  horizontal: '─',
  vertical: '│',
  topLeft: '┌',
  topRight: '┐',
  bottomLeft: '└',
  bottomRight: '┘',
  used: '■',
  idle: '□',
  free: '·',
  up: '↑',
  down: '↓',
  times: '×',
  spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

// Debian's console fonts (Lat15, Uni2) have these and lack ▁▂▃, ►, ○, □ and, in Lat15, √.
const vt: Glyphs = {
  ...unicode,
  name: 'vt',
  peer: 'o',
  pass: '+',
  selected: '>',
  idle: 'o',
  spark: ['_', '.', '-', '=', '#'],
};

const ascii: Glyphs = {
  name: 'ascii',
  here: '*',
  peer: 'o',
  claiming: '~',
  warning: '^',
  critical: '!',
  info: '.',
  pass: '+',
  fail: 'x',
  skipped: '.',
  selected: '>',
  ellipsis: '~',
  arrow: '>',
  horizontal: '-',
  vertical: '|',
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
  used: '#',
  idle: 'o',
  free: '.',
  up: '^',
  down: 'v',
  times: 'x',
  spark: ['_', '.', '-', '=', '#'],
};

export const profiles: Readonly<Record<ProfileName, Glyphs>> = { unicode, vt, ascii };

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(profiles, name);
}

function signsOf(glyphs: Glyphs): readonly string[] {
  const { name: _, spark, ...signs } = glyphs;
  return [...Object.values(signs), ...spark];
}

const ownSigns: Readonly<Record<ProfileName, ReadonlySet<string>>> = {
  unicode: new Set(signsOf(unicode)),
  vt: new Set(signsOf(vt)),
  ascii: new Set(signsOf(ascii)),
};

const latin1 = /^[\u00a1-\u00ac\u00ae-\u00ff]$/;

/** Letters, digits, punctuation and symbols; no marks, no spaces but the plain one, nothing unassigned or private. */
const printable = /^[\p{L}\p{N}\p{P}\p{S}]$/u;

// What terminals disagree about: conjoining Jamo, emoji modifiers and flag letters (which join with their neighbors), and
// scripts written from right to left (some terminals reorder the whole line around them).
const disputed =
  /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]|[\u{1f3fb}-\u{1f3ff}]|[\u{1f1e6}-\u{1f1ff}]/u;

/** Whether a character, as one code point, may stand in a frame of this profile. */
export function isShown(character: string, profile: ProfileName): boolean {
  if (character >= ' ' && character <= '~') return true;
  if (ownSigns[profile].has(character)) return true;
  switch (profile) {
    case 'ascii':
      return false;
    case 'vt':
      return latin1.test(character);
    case 'unicode':
      return printable.test(character) && !disputed.test(character);
  }
}

const translations: Readonly<Record<ProfileName, ReadonlyMap<string, string>>> = {
  unicode: new Map(),
  vt: translationTo(vt),
  ascii: translationTo(ascii),
};

function translationTo(target: Glyphs): ReadonlyMap<string, string> {
  const { name: _, spark, ...signs } = unicode;
  const pairs = (Object.keys(signs) as (keyof typeof signs)[]).map((name) => [signs[name], target[name]] as const);
  const last = target.spark.length - 1;
  const levels = spark.map((sign, level) => {
    return [sign, target.spark[Math.round((level * last) / (spark.length - 1))] ?? ''] as const;
  });
  return new Map([...pairs, ...levels]);
}

/** Our own sign as this profile writes it; undefined for anything else. */
export function translated(character: string, profile: ProfileName): string | undefined {
  return translations[profile].get(character);
}
