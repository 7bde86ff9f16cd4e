// A filter as a test of rows: whatever a list, the traffic or the journal shows.

import type { FilterField } from './filter-fields.ts';
import type { FilterNode } from './filter-tree.ts';
import { type RowValue, valueTest } from './filter-values.ts';

/** One row, as a filter sees it. */
export interface FilterRow {
  /** What the row says of this field; `key` is the KEY of `label.KEY`. Empty: nothing. */
  readonly values: (field: FilterField, key: string) => readonly RowValue[];
  /** What people see of the row: words are looked for in here. */
  readonly text: () => string;
}

export type FilterTerm = Extract<FilterNode, { kind: 'word' | 'field' }>;

export type RowTest = (row: FilterRow) => boolean;

/** `self`: the name that `@self` stands for. */
export function rowTest(filter: FilterNode, self = ''): RowTest {
  switch (filter.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = filter.parts.map((part) => rowTest(part, self));
      return (row) => parts.every((part) => part(row));
    }
    case 'or': {
      const parts = filter.parts.map((part) => rowTest(part, self));
      return (row) => parts.some((part) => part(row));
    }
    case 'not': {
      const part = rowTest(filter.part, self);
      return (row) => !part(row);
    }
    case 'word': {
      const wanted = filter.text.toLowerCase();
      return (row) => row.text().toLowerCase().includes(wanted);
    }
    case 'field':
      return fieldTest(filter, self);
  }
}

function fieldTest({ field, key, op, values }: Extract<FilterNode, { kind: 'field' }>, self: string): RowTest {
  const isSelf = (text: string) => text === '@self' && (field === 'leader' || field === 'node');
  const tests = values.map((value) => {
    return valueTest(field, op, isSelf(value.text) ? { text: self, literal: true } : value);
  });
  const isNegative = op === '!=' || op === '!~';
  return (row) => row.values(field, key).some((value) => tests.some((test) => test(value))) !== isNegative;
}

/** Every word and field of the filter, wherever it stands. */
export function filterTerms(filter: FilterNode): readonly FilterTerm[] {
  switch (filter.kind) {
    case 'all':
      return [];
    case 'and':
    case 'or':
      return filter.parts.flatMap(filterTerms);
    case 'not':
      return filterTerms(filter.part);
    default:
      return [filter];
  }
}

/** Whether the filter looks at this field anywhere. */
export function usesField(filter: FilterNode, wanted: (field: FilterField | 'word') => boolean): boolean {
  return filterTerms(filter).some((term) => wanted(term.kind === 'word' ? 'word' : term.field));
}
