// config/lanlord.8: the manual page, from the tables that also make --help.
// Read man(7) before changing this file.
import type { Argument, Command, Option } from 'commander';
import { examplesOf } from '#cli/command-options.ts';
import { exitCode, exitCodeMeanings } from '#cli/exit-code.ts';
import { defaultConfigPath, defaultStateDirectory } from '#cli/run-options.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { commandName, commandsOf, documentedProgram } from './commands-page.ts';

export function manPage(): string {
  const program = documentedProgram();
  const { socket, adminSocket, group, adminGroup } = defaultNodeConfig('').control;
  return [
    '.\\" Made by `npm run docs` from the sources: changes made here are lost.',
    '.TH LANLORD 8 "" "lanlord" "System Administration"',
    '.SH NAME',
    'lanlord \\- LoadBalancer addresses for services on a plain LAN',
    '.SH SYNOPSIS',
    '.B lanlord',
    '.RI [ command ]',
    '.RI [ argument ...]',
    '.RI [ option ...]',
    '.SH DESCRIPTION',
    text(program.description()),
    'A command may be shortened to any beginning that only it has.',
    '.SH COMMANDS',
    ...commandsOf(program).flatMap(command),
    '.SH EXIT STATUS',
    'The same for every command.',
    ...Object.entries(exitCodeMeanings).flatMap(([name, meaning]) => [
      '.TP',
      `.B ${exitCode[name as keyof typeof exitCode]}`,
      text(plain(meaning)),
    ]),
    '.SH FILES',
    ...entry(defaultConfigPath, 'Manifests: YAML and JSON, in byte order of their names.'),
    ...entry(
      defaultStateDirectory,
      'What survives a restart: allocations, the configuration applied last, the journal.',
    ),
    ...entry(socket, `Looking; for group ${group}.`),
    ...entry(adminSocket, `Acting; for group ${adminGroup}.`),
    '.SH ENVIRONMENT',
    ...entry('LANLORD_SOCKET', 'Path of the socket, where --socket is not given.'),
    ...entry('LANLORD_DEBUG', '1 shows the stack of an internal error.'),
    ...entry('NO_COLOR', 'Nothing is coloured.'),
    '.SH SEE ALSO',
    '.BR arping (8),',
    '.BR ip\\-neighbour (8),',
    '.BR tcpdump (1),',
    '.BR systemd (1)',
    '',
  ].join('\n');
}

function command(one: Command): readonly string[] {
  const examples = examplesOf(one);
  return [
    `.SS lanlord ${roff(commandName(one))}${one.registeredArguments.map(argumentWord).join('')}`,
    text(`${one.description().charAt(0).toUpperCase()}${one.description().slice(1)}.`),
    ...one.registeredArguments.flatMap((argument) => [
      '.TP',
      `.I ${roff(argument.name())}`,
      text(plain(argument.description)),
    ]),
    ...one.options.flatMap(option),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', '.PP', '.nf', '.RS', ...examples.map(text), '.RE', '.fi']),
  ];
}

function argumentWord(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return roff(argument.required ? ` <${name}>` : ` [${name}]`);
}

function option({ flags, description, argChoices, defaultValueDescription, defaultValue, envVar }: Option): string[] {
  const facts = [description];
  if (argChoices) facts.push(`one of ${argChoices.join(', ')}`);
  const initial: unknown = defaultValueDescription ?? defaultValue;
  if (initial !== undefined) facts.push(`default ${String(initial)}`);
  if (envVar !== undefined) facts.push(`or ${envVar} of the environment`);
  return ['.TP', `.B ${roff(flags)}`, text(plain(facts.join('; ')))];
}

function entry(name: string, meaning: string): string[] {
  return ['.TP', `.I ${roff(name)}`, text(meaning)];
}

/** Without the marks of Markdown. */
function plain(words: string): string {
  return words.replaceAll('`', '');
}

/** A line of text: a dot or an apostrophe at its beginning would be a request. */
function text(words: string): string {
  const escaped = roff(words);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function roff(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...').replaceAll("'", '\\(aq');
}
