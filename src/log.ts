// One line per transition to standard error: text for people and journald, or JSON lines.
import { safeText } from '#model/safe-text.ts';
import type { Clock, Log, LogLevel } from '#ports.ts';

export interface LogOptions {
  readonly format: 'text' | 'json';
  readonly level: LogLevel;
  /** Put journald's priority in front of each line: standard error is connected to it (JOURNAL_STREAM is set). */
  readonly journald: boolean;
  readonly clock: Pick<Clock, 'monotonicMs' | 'wallMs'>;
  /** Takes one line without its end. */
  readonly write: (line: string) => void;
}

const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** syslog(3) priorities. */
const priorities: Record<LogLevel, number> = { debug: 7, info: 6, warn: 4, error: 3 };

/** Lines of one message within one window; what repeats faster says nothing new and fills disks. */
const linesPerWindow = 20;
const windowMs = 10_000;

/** BOUNDED: messages whose rate is watched; beyond, all counts start anew. */
const maxMessages = 1000;

interface Rate {
  startMs: number;
  lines: number;
  suppressed: number;
}

export class LineLog implements Log {
  /** Lines below this level are left out. */
  level: LogLevel;
  readonly #options: LogOptions;
  readonly #rates = new Map<string, Rate>();

  constructor(options: LogOptions) {
    this.#options = options;
    this.level = options.level;
  }

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (ranks[level] < ranks[this.level]) return;
    const suppressed = this.#admit(`${level} ${keyOf(message, fields)}`);
    if (suppressed === null) return;
    const all = suppressed > 0 ? { ...fields, suppressed } : fields;
    const { format, journald, write } = this.#options;
    const prefix = journald ? `<${priorities[level]}>` : '';
    write(prefix + (format === 'json' ? this.#json(level, message, all) : text(level, message, all)));
  }

  #json(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
    const time = new Date(this.#options.clock.wallMs()).toISOString();
    return JSON.stringify({ ...fields, time, level, message }, plain).replace(/[^\x20-\x7e]/g, escaped);
  }

  /** How many lines of this kind were left out since the last one, or null to leave this one out too. */
  #admit(key: string): number | null {
    const now = this.#options.clock.monotonicMs();
    const rate = this.#rates.get(key);
    if (!rate || now - rate.startMs >= windowMs) {
      if (this.#rates.size >= maxMessages) this.#rates.clear();
      this.#rates.set(key, { startMs: now, lines: 1, suppressed: 0 });
      return rate?.suppressed ?? 0;
    }
    rate.lines++;
    if (rate.lines <= linesPerWindow) return 0;
    rate.suppressed++;
    return null;
  }
}

/** The kind of transition where there is one, else the message without its values, so that `10.0.0.1` and `.2` are one. */
function keyOf(message: string, { kind }: Readonly<Record<string, unknown>>): string {
  return typeof kind === 'string' ? kind : message.replace(/"[^"]*"|\S*\d\S*/g, '*').slice(0, 80);
}

function text(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${safeText(key)}=${valueText(value)}`);
  return `${level.padEnd(5)} ${safeText(message)}${pairs.join('')}`;
}

function valueText(value: unknown): string {
  const isText = typeof value === 'string' || typeof value === 'bigint';
  const plainText = isText ? String(value) : (JSON.stringify(value, plain) ?? String(value));
  const safe = safeText(plainText);
  return /^[^\s"=]+$/.test(safe) ? safe : JSON.stringify(safe);
}

/** BigInt and errors have no JSON of their own. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? value.message : value;
}

/** JSON lines carry ASCII alone: nothing in them can move a terminal's cursor. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The log of the daemon: to standard error, with journald's priorities where it listens. */
export function createLog(options: {
  readonly format: 'text' | 'json';
  readonly level: LogLevel;
  readonly clock: Clock;
}): LineLog {
  return new LineLog({
    ...options,
    journald: process.env['JOURNAL_STREAM'] !== undefined && options.format === 'text',
    write: (line) => void process.stderr.write(`${line}\n`),
  });
}
