// `@self` in a filter: the box whose rows they are, which lines of JSON do not name.
import { filterTerms } from '#model/filter-match.ts';
import type { FilterNode } from '#model/filter-tree.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

export function usesSelf(filter: FilterNode): boolean {
  return filterTerms(filter).some(
    (term) =>
      term.kind === 'field' &&
      (term.field === 'leader' || term.field === 'node') &&
      term.values.some(({ text }) => text === '@self'),
  );
}

/** Says so on stderr. @returns the exit code. */
export function selfUnknown(output: Output): number {
  output.note('lanlord: --filter: @self: these lines do not say whose they are (name the node, or keep -o json)');
  return exitCode.usage;
}
