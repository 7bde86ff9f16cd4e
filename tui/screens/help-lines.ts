// The help, made from the table of keys.
import { keyGroups, keymap } from '../state/keymap.ts';
import { type Line, padLine, span } from '../text/line.ts';
import { commandHelp } from '../update/command-table.ts';

const keyWidth = 13;
const meaningWidth = 23;

function groupBlock(group: (typeof keyGroups)[number]): readonly Line[] {
  const rows = keymap.filter((binding) => binding.group === group);
  return [
    [span(group.toUpperCase(), 'title')],
    ...rows.map(({ shown, meaning, bindings }): Line => {
      const keys = shown ?? bindings.flatMap(({ keys: names }) => names).join(' ');
      return [span(keys.padEnd(keyWidth), 'accent'), span(meaning)];
    }),
    [],
  ];
}

/** As many columns as fit, and the commands below. */
export function helpLines(width: number): readonly Line[] {
  const columnWidth = keyWidth + meaningWidth + 2;
  const columns = Math.max(1, Math.min(keyGroups.length, Math.floor((width - 2) / columnWidth)));
  const stacks: Line[][] = Array.from({ length: columns }, () => []);
  for (const group of keyGroups) {
    const shortest = stacks.reduce((best, stack) => (stack.length < best.length ? stack : best));
    shortest.push(...groupBlock(group));
  }
  const height = Math.max(...stacks.map((stack) => stack.length));
  const keys = Array.from(
    { length: height },
    (_, index): Line => [span('  '), ...stacks.flatMap((stack) => padLine(stack[index] ?? [], columnWidth))],
  );
  const commands = commandHelp().map(
    ({ usage, meaning }): Line => [span('  '), span(usage.padEnd(22), 'accent'), span(meaning)],
  );
  return [
    ...keys,
    [span('  '), span('COMMANDS', 'title')],
    ...commands,
    [],
    [span('  No key changes the network; the actions of --rw want their object typed.', 'dim')],
  ];
}
