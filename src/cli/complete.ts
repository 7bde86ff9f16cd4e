// What may stand where the cursor is: commands, options, their values, and names that the daemon knows.
import type { Argument, Command, Option } from 'commander';
import { controlClient } from '#control/client.ts';
import type { Kind } from '#control/protocol.ts';
import { getKinds, kindByName } from './kind-name.ts';

export interface Candidate {
  readonly word: string;
  /** May be empty. */
  readonly meaning: string;
}

/** Names of what the daemon has, of a kind; none when it cannot be asked in time. */
export type NameLookup = (kind: Kind) => Promise<readonly string[]>;

/** A person waits: the shell is silent meanwhile. */
const patienceMs = 300;

export function daemonNames(socket: string): NameLookup {
  return async (kind) => {
    const answer = await controlClient(socket, patienceMs).list(kind);
    if (!answer.ok) return [];
    return answer.value.items.map((item) => {
      if ('namespace' in item) return `${item.namespace}/${item.name}`;
      return 'ip' in item ? item.ip : 'name' in item ? item.name : '';
    });
  };
}

/** `words`: what was typed after `lanlord`, the last one up to the cursor and perhaps empty. */
export async function complete(
  program: Command,
  words: readonly string[],
  names: NameLookup,
): Promise<readonly Candidate[]> {
  const partial = words.at(-1) ?? '';
  const { command, given, pending } = follow(program, words.slice(0, -1));
  const all = pending
    ? valuesOf(pending)
    : partial.startsWith('-')
      ? command.options.flatMap(optionWords)
      : await argumentWords(command, given, names);
  return all.filter(({ word }) => word !== '' && word.startsWith(partial));
}

interface Position {
  readonly command: Command;
  /** Arguments before the cursor. */
  readonly given: readonly string[];
  /** The option whose value is typed now. */
  readonly pending: Option | null;
}

function follow(program: Command, words: readonly string[]): Position {
  let command = program;
  let given: string[] = [];
  let pending: Option | null = null;
  for (const word of words) {
    if (pending) {
      pending = null;
      continue;
    }
    const option = command.options.find(({ long, short }) => long === word || short === word);
    const inner = command.commands.find((one) => one.name() === word);
    if (option) pending = option.required ? option : null;
    else if (inner && given.length === 0) [command, given] = [inner, []];
    else if (!word.startsWith('-')) given.push(word);
  }
  return { command, given, pending };
}

function optionWords({ long, short, description, hidden }: Option): readonly Candidate[] {
  const word = long ?? short;
  return word && !hidden ? [{ word, meaning: description }] : [];
}

function valuesOf({ argChoices }: Option): readonly Candidate[] {
  return (argChoices ?? []).map((word) => ({ word, meaning: '' }));
}

async function argumentWords(command: Command, given: readonly string[], names: NameLookup) {
  if (command.commands.length > 0) return command.commands.flatMap(commandWords);
  const declared = command.registeredArguments;
  const argument = declared[given.length] ?? (declared.at(-1)?.variadic ? declared.at(-1) : undefined);
  return argument ? await valuesFor(argument, given, names) : [];
}

function commandWords(command: Command): readonly Candidate[] {
  const name = command.name();
  return name.startsWith('_') ? [] : [{ word: name, meaning: command.description() }];
}

async function valuesFor(
  argument: Argument,
  given: readonly string[],
  names: NameLookup,
): Promise<readonly Candidate[]> {
  const words = (list: readonly string[], prefix = '') =>
    list.map((word) => ({ word: `${prefix}${word}`, meaning: '' }));
  if (argument.argChoices) return words(argument.argChoices);
  switch (argument.name()) {
    case 'kind':
      return words(getKinds);
    case 'table':
      return words(['l2-announce']);
    case 'name': {
      const kind = kindByName(given[0] ?? '');
      return kind ? words(await names(kind)) : [];
    }
    case 'address':
      return words(await names('leaders'));
    case 'node':
      return words(await names('nodes'), 'node/');
    case 'object': {
      const [services, ips, policies] = await Promise.all([names('services'), names('leaders'), names('policies')]);
      return [
        ...words(services, 'svc/'),
        ...words(ips, 'ip/'),
        ...words(ips, 'leader/'),
        ...words(policies, 'policy/'),
      ];
    }
    default:
      return [];
  }
}
