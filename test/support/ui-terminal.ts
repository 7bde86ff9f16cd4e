// A terminal without a window: what the interface writes goes through an emulator, and keys come from the test.
import { Readable, Writable } from 'node:stream';
import { type IBufferCell, Terminal } from '@xterm/headless';
import type { Size } from '#tui/layout/breakpoint.ts';

/** What today's terminals do, as the runtime has it; the emulator alone knows Unicode 6. */
const widths = {
  version: 'runtime',
  wcwidth: (code: number) => Bun.stringWidth(String.fromCodePoint(code)) as 0 | 1 | 2,
  charProperties(code: number) {
    return this.wcwidth(code) << 1;
  },
};

class Output extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Everything that was written. */
  written = '';
  isRefusing = false;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    super({ decodeStrings: false, autoDestroy: false });
    this.#terminal = terminal;
    this.columns = terminal.cols;
    this.rows = terminal.rows;
  }

  override _write(text: string, _: unknown, done: (error?: Error) => void): void {
    if (this.isRefusing) {
      done(new Error('EIO: i/o error, write'));
      return;
    }
    this.written += text;
    this.#terminal.write(text, done);
  }
}

class Input extends Readable {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  override _read(): void {}
}

export class UiTerminal {
  readonly #terminal: Terminal;
  readonly #output: Output;
  readonly #input = new Input();

  constructor({ columns, rows }: Size) {
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0, convertEol: true });
    this.#terminal.unicode.register(widths as never);
    this.#terminal.unicode.activeVersion = widths.version;
    this.#output = new Output(this.#terminal);
  }

  get stdin(): NodeJS.ReadStream {
    return this.#input as unknown as NodeJS.ReadStream;
  }

  get stdout(): NodeJS.WriteStream {
    return this.#output as unknown as NodeJS.WriteStream;
  }

  /** Nobody types any more. */
  hangUp(): void {
    this.#input.push(null);
  }

  /** From now on nothing can be written. */
  refuse(): void {
    this.#output.isRefusing = true;
  }

  get isRaw(): boolean {
    return this.#input.isRaw;
  }

  /** Characters written since this was asked last. */
  takeWritten(): string {
    const { written } = this.#output;
    this.#output.written = '';
    return written;
  }

  /** What another program left on the screen. */
  print(text: string): void {
    this.#terminal.write(text);
  }

  /** As the terminal sends them, in one piece. */
  send(keys: string): void {
    this.#input.push(keys);
  }

  resize({ columns, rows }: Size): void {
    this.#terminal.resize(columns, rows);
    this.#output.columns = columns;
    this.#output.rows = rows;
    this.#output.emit('resize');
  }

  /** Until ink has written and the emulator has taken everything: ink may write a little later than it was told. */
  async settled(): Promise<void> {
    for (let quiet = 0, length = -1; quiet < 2; quiet = this.#output.written.length === length ? quiet + 1 : 0) {
      length = this.#output.written.length;
      await Bun.sleep(30);
      await new Promise<void>((resolve) => this.#terminal.write('', resolve));
    }
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Lines of the screen, without spaces at their ends. */
  lines(): readonly string[] {
    return this.#rows().map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  }

  /** Of each line the parts that are not plain: from column, width, what. */
  attributes(): readonly string[] {
    return this.#rows().map((row) => {
      const runs: { from: number; width: number; style: string }[] = [];
      for (const [column, { style, width }] of row.entries()) {
        const last = runs.at(-1);
        if (last && last.style === style) last.width += Math.max(1, width);
        else runs.push({ from: column, width: Math.max(1, width), style });
      }
      return runs.flatMap(({ from, width, style }) => (style === '' ? [] : [`${from}+${width} ${style}`])).join(', ');
    });
  }

  #rows(): { text: string; style: string; width: number }[][] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, y) => {
      const line = active.getLine(active.viewportY + y);
      return Array.from({ length: this.#terminal.cols }, (_, x) => {
        const cell = line?.getCell(x);
        const width = cell?.getWidth() ?? 1;
        return { text: width === 0 ? '' : cell?.getChars() || ' ', style: cell ? styleOf(cell) : '', width };
      });
    });
  }
}

const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

function styleOf(cell: IBufferCell): string {
  const color = cell.getFgColor();
  return [
    ...(cell.isBold() ? ['bold'] : []),
    ...(cell.isDim() ? ['dim'] : []),
    ...(cell.isInverse() ? ['reverse'] : []),
    ...(cell.isFgPalette()
      ? [color < 8 ? (colors[color] ?? '') : color < 16 ? `bright-${colors[color - 8]}` : `color-${color}`]
      : []),
  ].join(' ');
}
