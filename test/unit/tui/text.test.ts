// Text in cells: harmless, within the profile, as wide as it has to be.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { columnGap, columnWidths } from '#tui/layout/column-widths.ts';
import { shareBar, sparkLine } from '#tui/layout/spark-line.ts';
import { cellText, cellWidth } from '#tui/text/cell-text.ts';
import { frameSvg, palettes } from '#tui/text/frame-svg.ts';
import { isShown, type ProfileName, profiles } from '#tui/text/glyphs.ts';
import { lineWidth, padLine, span, spread } from '#tui/text/line.ts';
import { chooseLook, obstacle } from '#tui/text/terminal-look.ts';
import { paint, themes } from '#tui/text/theme.ts';
import { shorten, toWidth } from '#tui/text/to-width.ts';
import { wrapText } from '#tui/text/wrap-text.ts';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.ipV6(), fc.string());
const anyProfile = fc.constantFrom<ProfileName>('unicode', 'vt', 'ascii');

test('any text becomes characters of the profile alone, and its width is what the runtime measures', () => {
  fc.assert(
    fc.property(anyText, anyProfile, (text, profile) => {
      const shown = cellText(text, profile);
      expect([...shown].every((character) => isShown(character, profile))).toBe(true);
      expect(cellWidth(shown)).toBe(Bun.stringWidth(shown));
      // Twice is once.
      expect(cellText(shown, profile)).toBe(shown);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test.each([
  ['\u001b[31mx', 'unicode', '\\u{1b}[31mx'],
  ['a\u202eb', 'unicode', 'a\\u{202e}b'],
  ['日本', 'unicode', '日本'],
  ['日本', 'vt', '\\u{65e5}\\u{672c}'],
  ['é', 'vt', 'é'],
  ['e\u0301', 'unicode', 'é'],
  ['é', 'ascii', '\\u{e9}'],
  ['a → b', 'ascii', 'a > b'],
  ['👍🏽', 'unicode', '👍\\u{1f3fd}'],
  ['\u00a0', 'unicode', '\\u{a0}'],
] as const)('%j in the profile %s is %j', (text, profile, shown) => {
  expect(cellText(text, profile)).toBe(shown);
});

test('text brought to a width has exactly that width, and says that something is missing', () => {
  fc.assert(
    fc.property(anyText, fc.nat(60), fc.boolean(), fc.boolean(), (text, width, right, middle) => {
      const shown = toWidth(cellText(text, 'unicode'), width, '…', { right, shortening: middle ? 'middle' : 'end' });
      expect(cellWidth(shown)).toBe(width);
    }),
    { seed: 2, numRuns: 1000 },
  );
  expect(shorten('2001:db8:1:2:3:4:5:6', 12, '…', 'middle')).toBe('2001:db8…5:6');
  expect(shorten('default/web', 6, '…')).toBe('defau…');
});

test('wrapped text loses nothing but spaces, and no line is too long', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 40 }), (text, width) => {
      const lines = wrapText(cellText(text, 'unicode'), width);
      expect(lines.every((line) => cellWidth(line) <= width)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(cellText(text, 'unicode').replaceAll(' ', ''));
    }),
    { seed: 3 },
  );
});

test('columns never take more than there is, and the least important ones leave first', () => {
  const wish = fc.record({
    min: fc.integer({ min: 1, max: 20 }),
    more: fc.nat(30),
    priority: fc.nat(5),
    grows: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (all, width) => {
      const wishes = all.map(({ min, more, priority, grows }, index) => ({
        min,
        natural: min + more,
        priority: index === 0 ? Number.POSITIVE_INFINITY : priority,
        grows,
      }));
      const widths = columnWidths(wishes, width);
      const shown = widths.filter((column) => column !== null);
      expect(shown.reduce((sum, column) => sum + column, 0) + columnGap * (shown.length - 1)).toBeLessThanOrEqual(
        width,
      );
      expect(widths[0]).not.toBeNull();
      const left = wishes.filter((_, index) => widths[index] === null).map(({ priority }) => priority);
      const stayed = wishes.filter((_, index) => widths[index] !== null).map(({ priority }) => priority);
      expect(Math.max(-1, ...left)).toBeLessThanOrEqual(Math.min(...stayed));
    }),
    { seed: 4, numRuns: 1000 },
  );
});

test('lines are padded, cut and spread to a width, also through a character of two cells', () => {
  expect(lineWidth(padLine([span('界界界')], 5))).toBe(5);
  expect(
    padLine([span('界界界')], 5)
      .map(({ text }) => text)
      .join(''),
  ).toBe('界界 ');
  expect(
    spread([span('left')], [span('right')], 12)
      .map(({ text }) => text)
      .join(''),
  ).toBe('left   right');
  expect(lineWidth(spread([span('a very long left end')], [span('right')], 12))).toBe(12);
});

test('charts: something is never nothing, not everything is never everything', () => {
  expect(sparkLine([0, 0.01, 5, 10], 6, profiles.unicode)).toBe('▁▁▁▂▅█');
  expect(sparkLine([0, 0.01, 5, 10], 6, profiles.ascii)).toBe('___.-#');
  expect(shareBar(0, 12)).toBe('[----------]');
  expect(shareBar(0.001, 12)).toBe('[#---------]');
  expect(shareBar(0.999, 12)).toBe('[#########-]');
  expect(shareBar(1, 12)).toBe('[##########]');
});

test('the theme of no color has none, and every theme knows every meaning', () => {
  const meanings = Object.keys(themes.ansi);
  for (const theme of Object.values(themes)) expect(Object.keys(theme).sort()).toEqual(meanings.toSorted());
  expect(Object.values(themes.mono).every((parameters) => ['', '1', '7'].includes(parameters))).toBe(true);
  expect(paint([span('a', 'crit'), span('b')], themes.ansi)).toBe('\u001b[1;31ma\u001b[0mb');
});

const none = { ascii: false, theme: null };

test.each([
  [
    { LANG: 'de_DE.UTF-8', TERM: 'xterm' },
    { profile: 'unicode', theme: 'ansi' },
  ],
  [
    { LANG: 'de_DE.UTF-8', TERM: 'linux' },
    { profile: 'vt', theme: 'ansi' },
  ],
  [
    { LANG: 'C', TERM: 'xterm' },
    { profile: 'ascii', theme: 'ansi' },
  ],
  [
    { LANG: 'de_DE.UTF-8', LC_ALL: 'C', TERM: 'xterm' },
    { profile: 'ascii', theme: 'ansi' },
  ],
  [
    { LANG: 'C.utf8', TERM: 'xterm', NO_COLOR: '1' },
    { profile: 'unicode', theme: 'mono' },
  ],
  [
    { LANG: 'C.utf8', TERM: 'xterm', COLORFGBG: '0;15' },
    { profile: 'unicode', theme: 'light' },
  ],
  [
    { LANG: 'C.utf8', TERM: 'xterm', COLORFGBG: '15;default;0' },
    { profile: 'unicode', theme: 'ansi' },
  ],
  [
    { LANG: 'C.utf8', TERM: 'xterm', COLORFGBG: '0;15', NO_COLOR: '1' },
    { profile: 'unicode', theme: 'mono' },
  ],
  [
    { LANG: 'C.utf8', TERM: 'xterm', NO_COLOR: '' },
    { profile: 'unicode', theme: 'ansi' },
  ],
] as const)('the look for %j', (env, look) => {
  expect(chooseLook(env, none)).toEqual(look);
});

test('a wish goes before the environment; an unknown theme is told with those there are', () => {
  const env = { LANG: 'C.utf8', TERM: 'xterm', NO_COLOR: '1' };
  expect(chooseLook(env, { ascii: true, theme: 'light' })).toEqual({ profile: 'ascii', theme: 'light' });
  expect(chooseLook(env, { ascii: false, theme: 'pink' })).toContain('unknown theme "pink" (there are ansi,');
});

test('a terminal that cannot address the cursor is refused', () => {
  expect(obstacle({ TERM: 'dumb' }, true)).toContain('TERM=dumb');
  expect(obstacle({}, true)).toContain('TERM=');
  expect(obstacle({ TERM: 'xterm' }, false)).toContain('no terminal');
  expect(obstacle({ TERM: 'xterm' }, true)).toBeNull();
});

test('a picture is well-formed whatever the frame says', () => {
  const svg = frameSvg('a<b', [[span('<&>"', 'crit'), span(' x', 'selection')]], themes.ansi, palettes.dark);
  expect(svg).toContain('<title>a&lt;b</title>');
  expect(svg).toContain('&lt;&amp;&gt;"');
  expect(svg.match(/<text/g)?.length).toBe(svg.match(/<\/text>/g)?.length ?? -1);
});

test('regression: no theme of sixteen colors writes in bright black, which palettes give the color of the background', () => {
  for (const theme of Object.values(themes)) {
    for (const parameters of Object.values(theme)) expect(parameters.split(';')).not.toContain('90');
  }
});
