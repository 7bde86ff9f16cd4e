// The one filter grammar of commands, daemon and user interface: text into a tree. Parsing never throws.
//
//   expr  := or                      or  := and (('or' | '|') and)*       and := not (['and'] not)*
//   not   := ['!' | '-' | 'not'] term   term := '(' expr ')' | field op value | word
//   op    := ':' '=' '!=' '~' '!~' '<' '<=' '>' '>='
//   value := text | glob* | CIDR | a..b | number | duration | a,b,c (any of them)
import { type FilterField, type FilterOp, fieldNames, fieldOf, opsOf } from './filter-fields.ts';
import { FilterText } from './filter-text.ts';
import type { FilterFault, FilterNode, FilterValue } from './filter-tree.ts';
import { valueFault } from './filter-values.ts';
import { nearestWord } from './nearest-word.ts';

export type FilterResult =
  | { readonly ok: true; readonly filter: FilterNode }
  | { readonly ok: false; readonly fault: FilterFault };

/** Longer ones are nothing that a person wrote. */
const longestText = 4096;
/** Parentheses and negations within each other. BOUNDED: the reader calls itself. */
const deepest = 50;

const fieldStart = /([A-Za-z][A-Za-z0-9]*)(?:\.([A-Za-z0-9._/-]+))?(!=|!~|<=|>=|[:=~<>])/y;
/** `fe80::1` or `aa:bb:*` is no field. */
const addressLike = /[0-9A-Fa-f]*:[0-9A-Fa-f*?]*:[0-9A-Fa-f:.*?/]*(?![^\s()|])/y;

type Read = FilterNode | FilterFault;

export function parseFilter(text: string): FilterResult {
  if (text.length > longestText) {
    return { ok: false, fault: fault(longestText, text.length - longestText, 'the expression is too long', '') };
  }
  const source = new FilterText(text);
  if (source.atEnd) return { ok: true, filter: { kind: 'all' } };
  const read = readOr(source, 0);
  if (isFault(read)) return { ok: false, fault: read };
  if (source.atEnd) return { ok: true, filter: read };
  return { ok: false, fault: fault(source.at, 1, '")" without "("', 'remove it, or quote it: ")"') };
}

export function isFault(read: object): read is FilterFault {
  return 'message' in read;
}

function fault(at: number, length: number, message: string, hint: string): FilterFault {
  return { at, length: Math.max(1, length), message, hint };
}

function readOr(source: FilterText, depth: number): Read {
  const parts: FilterNode[] = [];
  do {
    const part = readAnd(source, depth);
    if (isFault(part)) return part;
    parts.push(part);
  } while (source.take('|') || source.takeWord('or'));
  return joined('or', parts);
}

function readAnd(source: FilterText, depth: number): Read {
  const parts: FilterNode[] = [];
  do {
    const part = readNot(source, depth);
    if (isFault(part)) return part;
    parts.push(part);
  } while (source.takeWord('and') || !source.endsAnd);
  return joined('and', parts);
}

function joined(kind: 'and' | 'or', parts: readonly FilterNode[]): FilterNode {
  const [first, second] = parts;
  return first && !second ? first : { kind, parts };
}

function readNot(source: FilterText, depth: number): Read {
  if (depth > deepest) return fault(source.at, 1, 'too many parentheses and negations within each other', '');
  if (source.take('!') || source.take('-') || source.takeWord('not')) {
    const part = readNot(source, depth + 1);
    return isFault(part) ? part : { kind: 'not', part };
  }
  const open = source.at;
  if (!source.take('(')) return readTerm(source);
  const inner = readOr(source, depth + 1);
  if (isFault(inner)) return inner;
  return source.take(')') ? inner : fault(open, 1, '"(" is not closed', 'write ")" where it ends');
}

function readTerm(source: FilterText): Read {
  const { at } = source;
  if (source.endsAnd || source.peekWord('and')) return missing(source);
  const field = source.match(fieldStart);
  if (field && (fieldOf(field[1] ?? '') || !source.match(addressLike))) return readField(source, field, at);
  const word = source.readValue(false);
  if (word === null) return fault(at, source.length - at, 'a quotation mark is not closed', 'write " where it ends');
  return { kind: 'word', text: word.text };
}

function missing(source: FilterText): FilterFault {
  const end = source.atEnd;
  return fault(source.at, 1, 'an expression is missing here', end ? 'such as vip:192.168.10.211' : '');
}

function readField(source: FilterText, found: RegExpExecArray, at: number): Read {
  const [whole, name = '', key = '', op = ':'] = found;
  const field = fieldOf(name);
  if (!field) {
    const near = nearestWord(name.toLowerCase(), fieldNames);
    const hint = near ? `did you mean ${near}` : `fields are ${fieldNames.join(', ')}; quote what is only text`;
    return fault(at, name.length, `unknown field ${name}`, hint);
  }
  if ((field === 'label') !== (key !== '')) {
    const hint = field === 'label' ? 'such as label.tier:frontend' : `write ${field}${op}`;
    return fault(at, whole.length, field === 'label' ? 'label needs a key' : `${field} has no parts`, hint);
  }
  const ops = opsOf(field);
  if (!ops.includes(op as FilterOp)) {
    return fault(at, whole.length, `${field} knows no ${op}`, `one of ${ops.join(' ')}`);
  }
  source.skip(whole.length);
  return readValues(source, { field, key, op: op as FilterOp });
}

function readValues(source: FilterText, start: { field: FilterField; key: string; op: FilterOp }): Read {
  const values: FilterValue[] = [];
  do {
    const { position: at } = source;
    const value = source.readValue(true);
    if (value === null) return fault(at, source.length - at, 'a quotation mark is not closed', 'write " where it ends');
    const wrong = value.text === '' && !value.literal ? { message: 'a value is missing here', hint: '' } : null;
    const bad = wrong ?? valueFault(start.field, start.op, value);
    if (bad) return fault(at, source.position - at, bad.message, bad.hint);
    values.push(value);
  } while (source.takeComma());
  return { kind: 'field', ...start, values };
}
