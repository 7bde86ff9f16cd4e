// A filter as text again: parsing it gives the same filter.
import type { FilterFault, FilterNode, FilterValue } from './filter-tree.ts';
import { safeText } from './safe-text.ts';

/** Words that need no quotes: nothing in them looks like a field, a negation or a keyword. */
const plainWord = /^(?!(?:and|or|not)$)[a-z0-9_./][a-z0-9_./*-]*$/i;

export function formatFilter(filter: FilterNode): string {
  switch (filter.kind) {
    case 'all':
      return '';
    case 'and':
      return filter.parts.map(part).join(' ');
    case 'or':
      return filter.parts.map(part).join(' or ');
    case 'not':
      return `not ${part(filter.part)}`;
    case 'word':
      return plainWord.test(filter.text) ? filter.text : quotedText(filter.text);
    case 'field': {
      const name = filter.key === '' ? filter.field : `${filter.field}.${filter.key}`;
      return `${name}${filter.op}${filter.values.map(valueText).join(',')}`;
    }
  }
}

function part(filter: FilterNode): string {
  const text = formatFilter(filter);
  return filter.kind === 'and' || filter.kind === 'or' ? `(${text})` : text;
}

function valueText({ text, literal }: FilterValue): string {
  return literal ? quotedText(text) : text;
}

function quotedText(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** What is wrong, in one line for people. */
export function faultText({ message, hint }: FilterFault): string {
  return safeText(hint === '' ? message : `${message} (${hint})`);
}
