// What people see, as a terminal has it: text and attributes of every state, kept in __snapshots__ beside this file.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { TerminalScreen } from '#tui/app/terminal-screen.ts';
import type { Size } from '#tui/layout/breakpoint.ts';
import { composeFrame } from '#tui/screens/compose.ts';
import type { Model } from '#tui/state/model.ts';
import { type ProfileName, translated } from '#tui/text/glyphs.ts';
import { type ThemeName, themes } from '#tui/text/theme.ts';
import { frameText } from '../../support/ui-frames.ts';
import { uiState, uiStates } from '../../support/ui-states.ts';
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
  const screen = new TerminalScreen({ stdin, stdout, onKeys() {}, onResize() {}, onFault() {} });
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

test('without color the text is the same, and what differs is bold or reversed alone', async () => {
  for (const name of names) {
    const model = uiState(name, { size: { columns: 120, rows: 35 } });
    const { text, attributes } = await seen(model, 'mono');
    expect(text).toBe(frameText(model));
    const others = attributes.replace(/^\d+: |\d+\+\d+ (?:bold reverse|bold|reverse)(?:, )?|\n/gm, '');
    expect(others).toBe('');
  }
});

test.each(['vt', 'ascii'] as const)(
  'in the profile %s every sign is another one, and nothing else changes',
  (profile: ProfileName) => {
    for (const size of sizes) {
      for (const name of names) {
        const wanted = Array.from(frameText(uiState(name, { size })), (sign) => translated(sign, profile) ?? sign).join(
          '',
        );
        // The trimmed end of a line is no sign.
        const trimmed = wanted.replace(/ +$/gm, '');
        expect(frameText(uiState(name, { size, profile }))).toBe(trimmed);
      }
    }
  },
);
