// Values of the filter grammar: which of them make sense, and what each of them fits.
import { compareAddresses, formatAddress, parseAddress } from './address.ts';
import { type FieldType, type FilterField, type FilterOp, typeOf } from './filter-fields.ts';
import type { FilterValue } from './filter-tree.ts';
import { contains, equalsText, fitsGlob, isGlob } from './glob.ts';
import { parseCidr, type Range, rangesOverlap } from './range.ts';

/** What a row says of a field: text, or a number (durations in seconds). */
export type RowValue = string | number;

export type ValueTest = (value: RowValue) => boolean;

export interface ValueFault {
  readonly message: string;
  readonly hint: string;
}

/** Makes the test of one value; for `!=` and `!~` the one of `:` and `~`, which the caller turns round. */
type Maker = (value: FilterValue, op: FilterOp) => ValueTest | ValueFault;

export function valueFault(field: FilterField, op: FilterOp, value: FilterValue): ValueFault | null {
  const made = makers[typeOf(field)](value, positive(op));
  return typeof made === 'function' ? null : made;
}

/** A value that makes no sense fits nothing. */
export function valueTest(field: FilterField, op: FilterOp, value: FilterValue): ValueTest {
  const made = makers[typeOf(field)](value, positive(op));
  return typeof made === 'function' ? made : () => false;
}

function positive(op: FilterOp): FilterOp {
  if (op === '!=') return ':';
  return op === '!~' ? '~' : op;
}

function text({ text: wanted, literal }: FilterValue, op: FilterOp): ValueTest {
  if (op === '~') return (value) => contains(String(value), wanted, literal);
  if (literal || op === '=' || !isGlob(wanted)) return (value) => equalsText(String(value), wanted);
  return (value) => fitsGlob(String(value), wanted);
}

function address(value: FilterValue, op: FilterOp): ValueTest | ValueFault {
  if (op === '~') return text(value, op);
  const order = compare(op);
  if (order) {
    const limit = parseAddress(value.text);
    if (!limit) return { message: `"${value.text}" is no address`, hint: 'such as 192.168.10.5' };
    return (seen) => {
      const found = parseAddress(String(seen));
      return found !== null && found.family === limit.family && order(compareAddresses(found, limit));
    };
  }
  const range = parseRange(value.text);
  if (range) return inRange(range);
  if (isGlob(value.text) && /^[\d.a-f:*?]+$/i.test(value.text)) return text(value, ':');
  const hint = 'such as 192.168.10.5, 192.168.10.0/24, 192.168.10.5..192.168.10.9 or 192.168.10.*';
  return { message: `"${value.text}" is no address`, hint };
}

/** What tells ranges and prefixes from single addresses. */
const rangeMark = /-|\/|\.\./;

/** Rows name addresses in canonical text, so that of a single one nothing has to be read; or a range or a prefix. */
function inRange(range: Range): ValueTest {
  const single = range.first === range.last ? formatAddress({ family: range.family, value: range.first }) : null;
  return (seen) => {
    const text = String(seen);
    if (single !== null && !rangeMark.test(text)) return text === single;
    const found = parseRange(text.replace('-', '..'));
    return found !== null && rangesOverlap(found, range);
  };
}

function parseRange(wanted: string): Range | null {
  const [start = '', stop = start] = splitOnce(wanted);
  const first = parseAddress(start);
  const last = parseAddress(stop);
  if (!first || !last) return parseCidr(wanted);
  if (first.family !== last.family || first.value > last.value) return null;
  return { family: first.family, first: first.value, last: last.value };
}

function mac(value: FilterValue, op: FilterOp): ValueTest | ValueFault {
  const colons = value.text.replaceAll('-', ':');
  const isWhole = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i.test(colons);
  if (op === '~' ? /^[\da-f:*?]+$/i.test(colons) : isWhole || /^[\da-f:]*[*?][\da-f:*?]*$/i.test(colons)) {
    return text({ ...value, text: colons }, op);
  }
  return { message: `"${value.text}" is no MAC address`, hint: 'such as 52:54:00:12:34:56 or 52:54:00:*' };
}

/** One of a few words, each with its other names. */
function oneOf(words: Readonly<Record<string, readonly string[]>>): Maker {
  const names = Object.keys(words);
  return ({ text: wanted }) => {
    const lower = wanted.toLowerCase();
    const meant = names.find((name) => name === lower || words[name]?.includes(lower));
    if (meant === undefined) return { message: `"${wanted}" is not known here`, hint: `one of ${names.join(', ')}` };
    return (value) => equalsText(String(value), meant);
  };
}

const severityNames: Readonly<Record<string, number>> = { info: 0, warn: 1, warning: 1, crit: 2, critical: 2 };

function severity(value: FilterValue, op: FilterOp): ValueTest | ValueFault {
  const wanted = severityNames[value.text.toLowerCase()];
  if (wanted === undefined) return { message: `"${value.text}" is no severity`, hint: 'one of info, warn, crit' };
  const order = compare(op) ?? isZero;
  return (seen) => {
    const found = severityNames[String(seen).toLowerCase()];
    return found !== undefined && order(found - wanted);
  };
}

/** Numbers; `read` turns a text into one, or null. `alone`: what `:` means for one that is no range. */
function numeric(read: (text: string) => number | null, alone: FilterOp, example: string): Maker {
  return (value, op) => {
    const [first = '', second] = splitOnce(value.text);
    const low = read(first);
    const high = second === undefined ? low : read(second);
    if (low === null || high === null) return { message: `"${value.text}" is not understood`, hint: example };
    if (second === undefined) {
      const fits = compare(op === ':' ? alone : op) ?? isZero;
      return (seen) => typeof seen === 'number' && fits(seen - low);
    }
    if (compare(op)) return { message: `${op} takes no range`, hint: example };
    return (seen) => typeof seen === 'number' && low <= seen && seen <= high;
  };
}

/** `a..b` in two, anything else in one. */
function splitOnce(text: string): readonly string[] {
  const dots = text.indexOf('..');
  return dots < 0 ? [text] : [text.slice(0, dots), text.slice(dots + 2)];
}

function isZero(difference: number): boolean {
  return difference === 0;
}

function compare(op: FilterOp): ((difference: number) => boolean) | null {
  switch (op) {
    case '<':
      return (difference) => difference < 0;
    case '<=':
      return (difference) => difference <= 0;
    case '>':
      return (difference) => difference > 0;
    case '>=':
      return (difference) => difference >= 0;
    default:
      return null;
  }
}

function readNumber(wanted: string): number | null {
  return /^\d{1,15}$/.test(wanted) ? Number(wanted) : null;
}

const unitSeconds: Readonly<Record<string, number>> = {
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** `5ms`, `2h`, and as tables print them: `6m12s`. */
function readDuration(wanted: string): number | null {
  if (wanted.length > 40) return null;
  let seconds = 0;
  let read = 0;
  for (const part of wanted.matchAll(/(\d{1,12}(?:\.\d{1,6})?)(us|µs|ms|s|m|h|d|w)/g)) {
    if (part.index !== read) return null;
    read += part[0].length;
    seconds += Number(part[1]) * (unitSeconds[part[2] ?? ''] ?? 0);
  }
  return read > 0 && read === wanted.length ? seconds : null;
}

const makers: Readonly<Record<FieldType, Maker>> = {
  address,
  mac,
  text,
  direction: oneOf({ in: ['rx'], out: ['tx'] }),
  family: oneOf({ ipv4: ['4', 'v4'], ipv6: ['6', 'v6'] }),
  severity,
  number: numeric(readNumber, '=', 'such as 5 or 1..9'),
  // Nobody means "exactly two hours".
  duration: numeric(readDuration, '<=', 'such as 5ms, 10m, 2h or 1ms..5ms'),
};
