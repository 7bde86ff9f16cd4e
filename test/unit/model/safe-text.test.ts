// Text of foreign origin cannot reach a terminal with its controls.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isSafeText, safeText } from '#model/safe-text.ts';

describe('safeText()', () => {
  test('leaves ordinary text of any language alone', () => {
    const text = 'web-1 "quoted" ünï 日本語 ▲ ‼ é 😀 \\u{1b} 10.0.0.1%eth0';
    expect(safeText(text)).toBe(text);
  });

  test.each([
    ['\u001b]0;pwn\u0007', '\\u{1b}]0;pwn\\u{7}'],
    ['a\nb\tc\rd\u0000', 'a\\u{a}b\\u{9}c\\u{d}d\\u{0}'],
    ['\u007f\u0085\u009b31m', '\\u{7f}\\u{85}\\u{9b}31m'],
    ['user\u202egnp.exe\u2069', 'user\\u{202e}gnp.exe\\u{2069}'],
    ['a\u200bb\u200dc\ufeffd\u00ade', 'a\\u{200b}b\\u{200d}c\\u{feff}d\\u{ad}e'],
    ['x\u2028y\u2029z', 'x\\u{2028}y\\u{2029}z'],
    ['lone \ud800 and \udfff', 'lone \\u{d800} and \\u{dfff}'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('shows %j as its number', (text, shown) => {
    expect(safeText(text)).toBe(shown);
    expect(isSafeText(text)).toBe(false);
  });

  test('is stable, and leaves nothing harmful, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = safeText(text);
        expect(safeText(safe)).toBe(safe);
        for (const character of safe) {
          const code = character.codePointAt(0) ?? 0;
          expect(code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff)).toBe(false);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
