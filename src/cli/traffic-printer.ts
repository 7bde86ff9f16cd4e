// Frames on lines, as they come.
import { asciiJson } from '#control/stream-list.ts';
import { textWidth } from '#control/table-text.ts';
import { trafficColumns } from '#control/traffic-columns.ts';
import type { TrafficAnswer } from '#control/traffic-protocol.ts';
import { safeText } from '#model/safe-text.ts';
import type { FrameCount } from '#model/traffic-frame.ts';
import type { OutputFormat } from './actions.ts';
import type { Output } from './output.ts';

export class TrafficPrinter {
  readonly #format: OutputFormat;
  readonly #output: Output;
  /** Of every shown column; they grow with the cells and never shrink. */
  readonly #widths: number[];
  readonly #columns: typeof trafficColumns;
  #hasHeader = false;

  constructor(format: OutputFormat, output: Output) {
    this.#format = format;
    this.#output = output;
    this.#columns = trafficColumns.filter(({ wide }) => wide !== true || format === 'wide');
    this.#widths = this.#columns.map(({ width, header }) => Math.max(width, header.length));
  }

  frames({ items, generatedAt }: TrafficAnswer): void {
    if (this.#format === 'jsonl') {
      this.#output.data(items.map((item) => `${asciiJson(item)}\n`).join(''));
      return;
    }
    if (items.length === 0) return;
    const nowMs = Date.parse(generatedAt);
    const rows = items.map((item) => this.#columns.map(({ value }) => safeText(value(item, nowMs))));
    for (const row of rows) for (const [i, cell] of row.entries()) this.#widen(i, textWidth(cell));
    const lines = rows.map((row) => this.#line(row));
    if (!this.#hasHeader) lines.unshift(this.#line(this.#columns.map(({ header }) => header)));
    this.#hasHeader = true;
    this.#output.data(lines.join(''));
  }

  /** Never a silent gap. */
  lost(counts: readonly FrameCount[], cause: string): void {
    for (const { interface: name, frames } of counts) {
      const line =
        this.#format === 'jsonl'
          ? asciiJson({ type: 'LOST', interface: name, frames, cause })
          : safeText(`-- ${frames.toLocaleString('en-US')} frames lost on ${name}: ${cause} --`);
      this.#output.data(`${line}\n`);
    }
  }

  #widen(column: number, width: number): void {
    this.#widths[column] = Math.max(this.#widths[column] ?? 0, width);
  }

  #line(cells: readonly string[]): string {
    const padded = cells.map((cell, i) => {
      const space = ' '.repeat(Math.max(0, (this.#widths[i] ?? 0) - textWidth(cell)));
      return this.#columns[i]?.right ? space + cell : cell + space;
    });
    return `${padded.join('  ').trimEnd()}\n`;
  }
}
