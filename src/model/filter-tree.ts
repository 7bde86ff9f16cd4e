// What a filter is once it has been read, and what is wrong with one that could not be.
import type { FilterField, FilterOp } from './filter-fields.ts';

export interface FilterValue {
  readonly text: string;
  /** Written in quotes: nothing in it has a meaning of its own. */
  readonly literal: boolean;
}

export type FilterNode =
  /** The empty expression. */
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode }
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly field: FilterField;
      /** The KEY of `label.KEY`; empty for all others. */
      readonly key: string;
      readonly op: FilterOp;
      /** Any of them. Never empty. */
      readonly values: readonly FilterValue[];
    };

export interface FilterFault {
  /** Where in the text, and how much of it; UTF-16 units. */
  readonly at: number;
  readonly length: number;
  readonly message: string;
  /** What to write instead; may be empty. */
  readonly hint: string;
}
