// docs/keys.md: keys and commands of the terminal interface.
import { keyGroups, keymap } from '#tui/state/keymap.ts';
import { themes } from '#tui/text/theme.ts';
import { commandHelp } from '#tui/update/command-table.ts';
import { code, page, table } from './markdown.ts';

export function keysPage(): string {
  return page(
    '# Keys of the terminal interface',
    `\`lanlord\` on a terminal, or \`lanlord ui\`. \`?\` shows this list there. A letter means the same on every screen, and none changes
the network. What it is for: [operations](operations.md#the-terminal-interface).`,
    ...keyGroups.flatMap((group) => [
      `## ${group}`,
      table(
        ['Keys', 'What they do'],
        keymap
          .filter((binding) => binding.group === group)
          .map(({ bindings, meaning }) => [bindings.flatMap(({ keys }) => keys.map(code)).join(' '), meaning]),
      ),
    ]),
    '## Commands',
    'A command may be shortened to any beginning that only it has.',
    table(
      ['Command', 'What it does'],
      commandHelp().map(({ usage, meaning }) => [code(usage), meaning]),
    ),
    '## Filters',
    'The grammar of `--filter`: [commands](commands.md#filters). A filter applies to the screen on which it was typed, and never to problems.',
    '## Themes',
    `${Object.keys(themes).map(code).join(', ')}. Colors are those of the terminal; with NO_COLOR set it is \`mono\`. Every state has a word and
a sign besides its color. Signs are Unicode where the locale is UTF-8, those of Linux console fonts with TERM=linux, else ASCII.`,
  );
}
