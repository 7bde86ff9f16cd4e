// Commands and options of lanlord that README and docs type exist in the program.
import { expect, test } from 'bun:test';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { documentedProgram } from '../../../scripts/docs/commands-page.ts';

const root = resolve(import.meta.dir, '../../..');
const commands = new Map(documentedProgram().commands.map((command) => [command.name(), command]));

/** A command line in code: a whole span, or a line of a block, after `$`, `sudo` or nothing. */
const typed = /^(?:\$ )?(?:sudo )?(?:dist\/)?lanlord ([a-z][a-z-]*)(.*)$/;
/** Not typed by anybody: the line that `run` prints when it is ready, and commander's own command. */
const others: readonly string[] = ['ready', 'help'];

function codeOf(text: string): string[] {
  const fence = /^```.*\n([\s\S]*?)^```$/gm;
  const blocks = [...text.matchAll(fence)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replaceAll(fence, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans];
}

function faults(text: string): string[] {
  return codeOf(text).flatMap((line) => {
    const [, name = '', rest = ''] = typed.exec(line) ?? [];
    const command = inner(commands.get(name), rest);
    if (command) return unknownOptions(command, rest).map((option) => `no option ${option}: ${line}`);
    return name === '' || others.includes(name) ? [] : [`no command: ${line}`];
  });
}

/** `config show` within `config`. */
function inner(command: Command | undefined, rest: string): Command | undefined {
  if (!command || command.commands.length === 0) return command;
  return command.commands.find((one) => one.name() === rest.trim().split(' ')[0]) ?? command;
}

function unknownOptions(command: Command, rest: string): string[] {
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  return [...(rest.split(' | ')[0] ?? '').matchAll(/(?<=\s)--?[a-z][a-z-]*/g)]
    .map(([option]) => option)
    .filter((o) => !known.includes(o));
}

for (const path of ['README.md', ...globSync('docs/*.md', { cwd: root })]) {
  test(`${path} types only commands and options that exist`, () => {
    expect(faults(readFileSync(join(root, path), 'utf8'))).toEqual([]);
  });
}

test('an unknown command or option is found', () => {
  expect(faults('`lanlord nothing -c x`')).toHaveLength(1);
  expect(faults('```\n$ sudo dist/lanlord status --short\n```')).toHaveLength(1);
  expect(faults('`lanlord status --brief` and `sudo lanlord run -c x.yaml`\nlanlord answers')).toEqual([]);
});
