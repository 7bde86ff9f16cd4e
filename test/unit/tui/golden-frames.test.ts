// What people see, as a terminal has it: text and attributes of every state, kept in __snapshots__ beside this file.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { TerminalScreen } from '#tui/app/terminal-screen.ts';
import type { Size } from '#tui/layout/breakpoint.ts';
import { composeFrame } from '#tui/screens/compose.ts';
import type { Model } from '#tui/state/model.ts';
import { type ProfileName, translated } from '#tui/text/glyphs.ts';
import { lineWidth } from '#tui/text/line.ts';
import { paint, type ThemeName, themes } from '#tui/text/theme.ts';
import { frameLines, frameText, typed } from '../../support/ui-frames.ts';
import { type StateWishes, uiState, uiStates } from '../../support/ui-states.ts';
import { UiTerminal } from '../../support/ui-terminal.ts';
import { nowMs } from '../../support/ui-worlds.ts';

// Every frame waits until the emulator has it.
setDefaultTimeout(60_000);

const sizes: readonly Size[] = [
  { columns: 160, rows: 50 },
  { columns: 120, rows: 35 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 12 },
];
const names = Object.keys(uiStates);

function sizeText({ columns, rows }: Size): string {
  return `${columns}x${rows}`;
}

/** The frame as it stands in the emulator, its attributes below. */
async function seen(model: Model, theme: ThemeName): Promise<{ text: string; attributes: string }> {
  const terminal = new UiTerminal(model.ui.size);
  const { stdin, stdout } = terminal;
  const screen = new TerminalScreen({
    stdin,
    stdout,
    onKeys() {},
    onPaste() {},
    onResize() {},
    onHangUp() {},
    onFault() {},
  });
  screen.draw(composeFrame(model, nowMs), themes[theme]);
  await terminal.settled();
  const text = terminal.lines().join('\n');
  const attributes = terminal
    .attributes()
    .map((runs, line) => (runs === '' ? '' : `${line + 1}: ${runs}\n`))
    .join('');
  await screen.close();
  return { text, attributes };
}

for (const size of sizes) {
  test(`the frames of ${sizeText(size)} are those that are kept, and what was composed`, async () => {
    for (const name of names) {
      const model = uiState(name, { size });
      const { text, attributes } = await seen(model, 'ansi');
      expect(text).toBe(frameText(model));
      expect(`\n${text}\n\n${attributes}`).toMatchSnapshot(`${name} ${sizeText(size)}`);
    }
  });
}

test.each(sizes)('without color the text is the same, and what differs is bold or reversed alone: %p', async (size) => {
  for (const name of names) {
    const model = uiState(name, { size });
    const { text, attributes } = await seen(model, 'mono');
    expect(text).toBe(frameText(model));
    const others = attributes.replace(/^\d+: |\d+\+\d+ (?:bold reverse|bold|reverse)(?:, )?|\n/gm, '');
    expect(others).toBe('');
  }
});

/** Of each line where one meaning ends and the next begins. */
function styleRuns(model: Model): readonly string[] {
  return frameLines(model).map((line) =>
    line.map(({ text, style }) => `${lineWidth([{ text }])}${style ?? ''}`).join(),
  );
}

test.each(['vt', 'ascii'] as const)(
  'in the profile %s every sign is another one, and nothing else changes',
  (profile: ProfileName) => {
    for (const size of sizes) {
      // Foreign signs become numbers, which are longer.
      for (const name of names.filter((one) => !one.startsWith('hostile'))) {
        const wanted = Array.from(frameText(uiState(name, { size })), (sign) => translated(sign, profile) ?? sign).join(
          '',
        );
        // The trimmed end of a line is no sign.
        const trimmed = wanted.replace(/ +$/gm, '');
        expect(frameText(uiState(name, { size, profile }))).toBe(trimmed);
        expect(styleRuns(uiState(name, { size, profile }))).toEqual(styleRuns(uiState(name, { size })));
      }
    }
  },
);

const profiles: readonly ProfileName[] = ['unicode', 'vt', 'ascii'];
const kept: readonly ThemeName[] = ['ansi', 'mono'];
const wholes: Readonly<Record<string, (wishes: StateWishes) => Model>> = {
  connecting: (wishes) => uiState('connecting', wishes),
  empty: (wishes) => uiState('empty', wishes),
  healthy: (wishes) => uiState('healthy', wishes),
  duplicate: (wishes) => uiState('duplicate', wishes),
  failover: (wishes) => uiState('failover', wishes),
  many: (wishes) => uiState('many', wishes),
  stale: (wishes) => uiState('stale', wishes),
  lost: (wishes) => uiState('lost', wishes),
  frozen: (wishes) => typed(uiState('duplicate', wishes), 'p'),
  hostile: (wishes) => uiState('hostile', wishes),
};

// Too many to read: what changed without being meant to shows as another sum, and is then looked at above.
test.each(Object.keys(wholes))('the whole matrix, as sums over profiles and themes: %s', (name) => {
  const sums = [...sizes, { columns: 200, rows: 60 }].flatMap((size) =>
    ['1', '2', '3', '4', '5', '6', '7'].map((key) => {
      const hash = new Bun.CryptoHasher('sha256');
      for (const profile of profiles) {
        const model = typed(wholes[name]?.({ size, profile }) as Model, key);
        for (const theme of kept)
          hash.update(
            frameLines(model)
              .map((line) => paint(line, themes[theme]))
              .join('\n'),
          );
      }
      return `${sizeText(size)} screen ${key} ${hash.digest('hex').slice(0, 8)}`;
    }),
  );
  expect(`\n${sums.join('\n')}\n`).toMatchSnapshot(`matrix ${name}`);
});
