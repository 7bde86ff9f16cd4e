// What reaches the terminal is the composed frame, through ink and our own painter together.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { TerminalScreen } from '#tui/app/terminal-screen.ts';
import type { Size } from '#tui/layout/breakpoint.ts';
import { composeFrame } from '#tui/screens/compose.ts';
import type { Model } from '#tui/state/model.ts';
import { plainText } from '#tui/text/line.ts';
import { themes } from '#tui/text/theme.ts';
import { after, frameLines, liveModel, typed } from '../../support/ui-frames.ts';
import { UiTerminal } from '../../support/ui-terminal.ts';
import { manyVips, nowMs, worlds } from '../../support/ui-worlds.ts';

// Every frame waits until nothing more is written.
setDefaultTimeout(60_000);

let open: TerminalScreen | null = null;

afterEach(async () => {
  await open?.close();
  open = null;
});

interface Started {
  readonly terminal: UiTerminal;
  readonly screen: TerminalScreen;
  readonly keys: string[];
  /** How often it was told that the terminal has gone. */
  readonly hangUps: () => number;
}

function start(size: Size, before = ''): Started {
  const terminal = new UiTerminal(size);
  terminal.print(before);
  const keys: string[] = [];
  const { stdin, stdout } = terminal;
  let hangUps = 0;
  const screen = new TerminalScreen({
    stdin,
    stdout,
    onKeys: (names) => keys.push(...names),
    onPaste: (text) => keys.push(`pasted ${text}`),
    onResize() {},
    onHangUp() {
      hangUps++;
    },
    onFault() {},
  });
  open = screen;
  return { terminal, screen, keys, hangUps: () => hangUps };
}

function draw(screen: TerminalScreen, model: Model): void {
  screen.draw(composeFrame(model, nowMs), themes[model.ui.theme]);
}

function expected(model: Model): readonly string[] {
  return frameLines(model).map((line) => plainText(line).trimEnd());
}

const sizes: readonly Size[] = [
  { columns: 160, rows: 50 },
  { columns: 120, rows: 35 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 12 },
];

test.each(sizes)('the terminal shows every frame as it was composed, one after another: %p', async (size) => {
  const { terminal, screen } = start(size);
  const many = manyVips(5000);
  for (const world of [worlds.none, worlds.empty, worlds.healthy, worlds.duplicate, many]) {
    for (const key of ['1', '2', '3', '4', '5', '6', '7', '?']) {
      const model = typed(liveModel({ size, world }), key, 'G', 'k');
      draw(screen, model);
      await terminal.settled();
      expect(terminal.lines()).toEqual(expected(model));
    }
  }
});

test('after any change of size the whole screen is right', async () => {
  const { terminal, screen } = start({ columns: 120, rows: 35 });
  let model = liveModel({ size: { columns: 120, rows: 35 }, world: worlds.duplicate });
  draw(screen, model);
  for (const size of [...sizes, { columns: 30, rows: 8 }, ...sizes.toReversed(), { columns: 81, rows: 60 }]) {
    terminal.resize(size);
    model = after(model, { kind: 'resize', size });
    draw(screen, model);
    await Bun.sleep(200);
    await terminal.settled();
    expect(terminal.lines()).toEqual(expected(model));
  }
});

test.each([1, 5, 23, 40])(
  'wherever the shell left the cursor (%p lines down), header and body are in their places',
  async (lines) => {
    const size = { columns: 80, rows: 24 };
    const { terminal, screen } = start(size, 'shell> \r\n'.repeat(lines));
    for (const key of ['1', '7', '4']) {
      const model = typed(liveModel({ size, world: worlds.duplicate }), key);
      draw(screen, model);
      await Bun.sleep(200);
      await terminal.settled();
      expect(terminal.lines()).toEqual(expected(model));
    }
  },
);

test('redrawing repairs what another program wrote over it', async () => {
  const size = { columns: 80, rows: 24 };
  const { terminal, screen } = start(size);
  const model = liveModel({ size, world: worlds.healthy });
  draw(screen, model);
  await terminal.settled();
  terminal.print('\u001b[H\u001b[2Jwall: the system goes down\r\n\r\n');
  screen.redraw();
  await terminal.settled();
  expect(terminal.lines()).toEqual(expected(model));
});

test('a frame that says the same writes nothing', async () => {
  const { terminal, screen } = start({ columns: 120, rows: 35 });
  const model = liveModel({ world: worlds.healthy });
  draw(screen, model);
  await Bun.sleep(200);
  await terminal.settled();
  terminal.takeWritten();
  draw(screen, model);
  await terminal.settled();
  expect(terminal.takeWritten()).toBe('');
});

test('keys that arrive in one piece are all taken, in their order', async () => {
  const { terminal, keys } = start({ columns: 80, rows: 24 });
  await terminal.settled();
  terminal.send('jjk\u001b?/dup\r\u001b[B\u001b[5~\t\u001b[ZG');
  await terminal.settled();
  const word = ['d', 'u', 'p', 'enter'];
  expect(keys).toEqual(['j', 'j', 'k', 'esc', '?', '/', ...word, 'down', 'pageup', 'tab', 'shift-tab', 'G']);
});

test('the terminal is as it was before: usual screen, no raw mode', async () => {
  const { terminal, screen } = start({ columns: 80, rows: 24 });
  draw(screen, liveModel({ size: { columns: 80, rows: 24 }, world: worlds.healthy }));
  await terminal.settled();
  expect([terminal.isAlternate, terminal.isRaw]).toEqual([true, true]);
  await screen.close();
  await terminal.settled();
  expect([terminal.isAlternate, terminal.isRaw]).toEqual([false, false]);
});

test('a terminal that has gone is told once, by the end of what it types, and nothing more is drawn', async () => {
  const { terminal, screen, hangUps } = start({ columns: 80, rows: 24 });
  draw(screen, liveModel({ size: { columns: 80, rows: 24 }, world: worlds.healthy }));
  await terminal.settled();
  expect(hangUps()).toBe(0);
  terminal.hangUp();
  while (hangUps() === 0) await Bun.sleep(5);
  terminal.takeWritten();
  draw(screen, liveModel({ size: { columns: 80, rows: 24 }, world: worlds.duplicate }));
  await Bun.sleep(300);
  expect(terminal.takeWritten()).not.toContain('DUP');
  expect([hangUps(), terminal.isRaw]).toEqual([1, false]);
});

test('a terminal that has gone is told once, by what cannot be written', async () => {
  const { terminal, screen, hangUps } = start({ columns: 80, rows: 24 });
  terminal.refuse();
  draw(screen, liveModel({ size: { columns: 80, rows: 24 }, world: worlds.healthy }));
  while (hangUps() === 0) await Bun.sleep(5);
  await Bun.sleep(100);
  expect(hangUps()).toBe(1);
});

test('regression: pasted text is no row of keys, and reports of a mouse or of the terminal are none either', async () => {
  const { terminal, keys } = start({ columns: 80, rows: 24 });
  await terminal.settled();
  terminal.send('\u001b[200~quit\nq\u001b[201~');
  terminal.send('\u001b[<0;10;10M\u001b[<0;10;10m');
  terminal.send('\u001b[24;1R');
  terminal.send('j');
  await terminal.settled();
  expect(keys).toEqual(['pasted quit\nq', 'j']);
});
