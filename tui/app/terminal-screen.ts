// The terminal: ink for the session, the keys and the lines at the top; our own painter for everything below.
import { writeSync } from 'node:fs';
import { type Instance, render } from 'ink';
import { createElement } from 'react';
import type { Size } from '../layout/breakpoint.ts';
import type { Frame } from '../screens/compose.ts';
import type { Line } from '../text/line.ts';
import { paint, type Theme } from '../text/theme.ts';
import { BodyPainter } from './body-painter.ts';
import { Chrome, ChromeSource } from './chrome.tsx';

/** The part of a terminal's output that is used. */
export type TerminalOutput = NodeJS.WriteStream;

export interface TerminalScreenOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: TerminalOutput;
  readonly onKeys: (keys: readonly string[]) => void;
  readonly onPaste: (text: string) => void;
  readonly onResize: (size: Size) => void;
  /** The terminal has gone, also when no signal says so: its end can be read, and nothing can be written any more. */
  readonly onHangUp: () => void;
  /** ink has given up, as it does when something throws while it draws: the terminal is as it was before. */
  readonly onFault: (error: unknown) => void;
}

/** End of a synchronized update, no paste mode, usual attributes, cursor shown, usual screen: harmless when repeated. */
const leaveSequences = '\u001b[?2026l\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l';

const homeAndErase = '\u001b[H\u001b[2J';

/** Alternate screen, no cursor, pasted text told from keys: what ink set at its start. */
const enterSequences = '\u001b[?1049h\u001b[?25l\u001b[?2004h';

/** A program that was killed may have left the mouse on, whose clicks would come as keys. */
const noMouse = '\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l';

/** ink writes the lines at the top up to this long after it was told to, and may clear the whole screen when it does. */
const settleMs = 150;

export class TerminalScreen {
  readonly #stdin: NodeJS.ReadStream;
  readonly #stdout: TerminalOutput;
  readonly #painter: BodyPainter;
  readonly #chrome = new ChromeSource();
  readonly #ink: Instance;
  #body: readonly string[] = [];
  #top = 0;
  #height = 0;
  #isOpen = true;
  #isSuspended = false;
  #unsettled: ReturnType<typeof setTimeout> | null = null;

  constructor(options: TerminalScreenOptions) {
    this.#stdin = options.stdin;
    this.#stdout = options.stdout;
    this.#painter = new BodyPainter((text) => void options.stdout.write(text));
    this.#unsettle();
    options.stdout.write(noMouse);
    this.#ink = render(
      createElement(Chrome, { source: this.#chrome, onKeys: options.onKeys, onPaste: options.onPaste }),
      {
        stdin: options.stdin,
        stdout: options.stdout,
        alternateScreen: true,
        incrementalRendering: true,
        exitOnCtrlC: false,
        patchConsole: false,
        // Also under CI=1, which ink takes for a terminal that nobody looks at.
        interactive: true,
        isScreenReaderEnabled: false,
        maxFps: 60,
        onRender: () => {
          if (this.#unsettled) this.#repaint();
        },
      },
    );
    this.#ink.waitUntilExit().catch((error: unknown) => {
      this.restoreNow();
      options.onFault(error);
    });
    process.on('SIGTSTP', this.#stopped);
    process.on('SIGCONT', this.#continued);
    const hungUp = () => {
      if (!this.#isOpen) return;
      this.restoreNow();
      options.onHangUp();
    };
    options.stdin.once('end', hungUp);
    // For good: what is written at the end fails, too.
    options.stdout.on('error', hungUp);
    options.stdout.on('resize', () => {
      this.redraw();
      options.onResize(this.size);
    });
    // ink goes on from where the cursor stood on the other screen, and moves relatively from then on.
    this.redraw();
  }

  get size(): Size {
    // A terminal that does not know its size says 0.
    return { columns: this.#stdout.columns || 80, rows: this.#stdout.rows || 24 };
  }

  /** Bytes of earlier frames are still under way: another one would only make the line slower. */
  get isBusy(): boolean {
    return this.#stdout.writableLength > 0;
  }

  draw(frame: Frame, theme: Theme): void {
    if (!this.#isOpen) return;
    const height = frame.top.length + frame.body.length + frame.bottom.length;
    // ink erases lines when their number changes.
    if (height !== this.#height) this.#unsettle();
    this.#height = height;
    const painted = (lines: readonly Line[]) => lines.map((line) => paint(line, theme));
    this.#chrome.set(painted(frame.top));
    this.#body = painted([...frame.body, ...frame.bottom]);
    this.#top = frame.top.length;
    this.#painter.paint(this.#body, this.#top);
  }

  /** Draws everything anew, whatever the terminal shows by now, and wherever its cursor is. */
  redraw(): void {
    if (!this.#isOpen) return;
    this.#ink.clear();
    this.#stdout.write(homeAndErase);
    this.#unsettle();
    this.#chrome.again();
    this.#repaint();
  }

  /** Bytes that are no part of the frame, such as OSC 52. */
  send(text: string): void {
    this.#stdout.write(text);
  }

  /** Gives the terminal back to the shell until somebody types `fg`. */
  suspend(): void {
    if (!this.#isOpen || this.#isSuspended) return;
    const suspension = this.#chrome.suspendTerminal?.(() => {
      // The process alone: a daemon that was started together with it goes on. SIGTSTP would only come here again.
      process.kill(process.pid, 'SIGSTOP');
    });
    this.#isSuspended = suspension !== undefined;
    void suspension?.then(() => {
      this.#isSuspended = false;
      this.redraw();
    });
  }

  /** What `close` does, at once and whatever state ink is in: for a process that is about to end. */
  restoreNow(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#forgetSignals();
    if (this.#unsettled) clearTimeout(this.#unsettled);
    try {
      this.#ink.unmount();
    } catch {}
    try {
      this.#stdin.setRawMode?.(false);
      writeSync(1, leaveSequences);
    } catch {}
  }

  /** The terminal as it was before. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#forgetSignals();
    if (this.#unsettled) clearTimeout(this.#unsettled);
    this.#ink.unmount();
    await this.#ink.waitUntilExit();
  }

  readonly #stopped = () => this.suspend();

  /** Stopped without having been asked (SIGSTOP), the shell has taken the terminal as it was, and left what it likes there. */
  readonly #continued = () => {
    if (!this.#isOpen || this.#isSuspended) return;
    // In this order: in the background the first stops the process again, before anything is written.
    this.#stdin.setRawMode?.(false);
    this.#stdin.setRawMode?.(true);
    this.#stdout.write(enterSequences);
    this.redraw();
  };

  #forgetSignals(): void {
    process.off('SIGTSTP', this.#stopped);
    process.off('SIGCONT', this.#continued);
  }

  #unsettle(): void {
    if (this.#unsettled) clearTimeout(this.#unsettled);
    this.#unsettled = setTimeout(() => {
      this.#unsettled = null;
      this.#repaint();
    }, settleMs);
  }

  #repaint(): void {
    if (!this.#isOpen) return;
    this.#painter.forget();
    this.#painter.paint(this.#body, this.#top);
  }
}
