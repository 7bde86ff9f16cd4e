// docs/commands.md: every command with its arguments, options and examples.
import type { Argument, Command, Option } from 'commander';
import type { Actions } from '#cli/actions.ts';
import { examplesOf } from '#cli/command-options.ts';
import { completeCommand } from '#cli/completion-scripts.ts';
import { exitCode, exitCodeMeanings } from '#cli/exit-code.ts';
import { getKinds, shortNames } from '#cli/kind-name.ts';
import type { Output } from '#cli/output.ts';
import { createProgram } from '#cli/program.ts';
import { columns } from '#control/columns.ts';
import { filterSection } from './filter-section.ts';
import { code, fence, page, table } from './markdown.ts';

const silent: Output = { data() {}, note() {}, open: false, isTty: false };
const nothing = () => Promise.resolve(0);
// Required: a command that is missing here would be missing on the page.
const actions: Required<Actions> = {
  run: nothing,
  demo: nothing,
  ui: nothing,
  capture: nothing,
  status: nothing,
  get: nothing,
  events: nothing,
  history: nothing,
  explain: nothing,
  whoHas: nothing,
  traffic: nothing,
  clients: nothing,
  check: nothing,
  plan: nothing,
  reload: nothing,
  schema: nothing,
  configShow: nothing,
  configHistory: nothing,
  announce: nothing,
  failover: nothing,
  drain: nothing,
  undrain: nothing,
  doctor: nothing,
  version: nothing,
};

/** Every command of the program; none does anything. */
export function documentedProgram(): Command {
  return createProgram(actions, silent, async () => {});
}

export function commandsPage(): string {
  const program = documentedProgram();
  return page(
    '# Commands',
    `A command may be shortened to any beginning that only it has. \`-h\` shows the help of a command, \`lanlord help CODE\` what a code such as PEND or LL-CFG-014 means. Without a command it is
\`ui\` on a terminal, else \`status\`.`,
    table(
      ['Command', 'What it does'],
      commandsOf(program).map((command) => {
        const name = commandName(command);
        return [`[${name}](#lanlord-${name.replaceAll(' ', '-')})`, command.description()];
      }),
    ),
    ...commandsOf(program).flatMap(commandSection),
    ...filterSection(),
    '## Kinds of get',
    '`-o wide` adds the columns in parentheses; `-o json` has more than the tables.',
    table(['Kind', 'Short names', 'Columns'], getKinds.map(kindRow)),
    '## Exit codes',
    'The same for every command.',
    table(['Code', 'Meaning'], Object.entries(exitCodeMeanings).map(exitRow)),
  );
}

/** Every command that does something, those within others included. */
export function commandsOf(program: Command): readonly Command[] {
  return program.commands.flatMap((command) => {
    if (command.name() === completeCommand) return [];
    return command.commands.length > 0 ? commandsOf(command) : [command];
  });
}

/** `config show`. */
export function commandName(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${commandName(parent)} ${command.name()}` : command.name();
}

function commandSection(command: Command): string[] {
  const parts = [
    `## lanlord ${commandName(command)}`,
    sentence(command.description()),
    fence([...examplesOf(command)]),
  ];
  const given = command.registeredArguments;
  if (given.length > 0) parts.push(table(['Argument', 'Meaning'], given.map(argumentRow)));
  if (command.options.length > 0) parts.push(table(['Option', 'Meaning'], command.options.map(optionRow)));
  return parts;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function argumentRow(argument: Argument): string[] {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return [code(argument.required ? `<${name}>` : `[${name}]`), argument.description];
}

function optionRow(option: Option): string[] {
  const facts: string[] = [];
  if (option.argChoices) facts.push(`one of ${option.argChoices.map(code).join(', ')}`);
  const text: unknown = option.defaultValueDescription ?? option.defaultValue;
  if (text !== undefined) facts.push(`default ${code(String(text))}`);
  if (option.envVar !== undefined) facts.push(`or ${code(option.envVar)} of the environment`);
  return [code(option.flags), [option.description, ...facts].join('; ')];
}

function kindRow(kind: (typeof getKinds)[number]): string[] {
  const short = Object.entries(shortNames).filter(([, long]) => long === kind);
  const headers = columns[kind].map(({ header, wide }) => (wide ? `(${header})` : header));
  return [code(kind), short.map(([name]) => code(name)).join(', '), headers.join(', ')];
}

function exitRow([name, meaning]: [string, string]): string[] {
  return [code(String(exitCode[name as keyof typeof exitCode])), meaning];
}
