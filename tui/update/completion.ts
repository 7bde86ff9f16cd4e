// What tab makes of the last word of a filter or a command.
import { fieldNames } from '#model/filter-fields.ts';
import type { PromptKind } from '../state/model.ts';
import { commandTable } from './command-table.ts';

export interface Completion {
  readonly text: string;
  /** Everything that it could become. */
  readonly choices: readonly string[];
}

/** The same text when nothing begins so. */
export function completion(kind: PromptKind, text: string): Completion {
  if (kind === 'filter') return completed(text, /[\w.]*$/.exec(text)?.[0] ?? '', fieldNames, ':');
  if (kind === 'command' && !/\s/.test(text)) {
    const names = commandTable.map(({ name }) => name);
    return completed(text, text, names, ' ');
  }
  return { text, choices: [] };
}

function completed(text: string, word: string, names: readonly string[], end: string): Completion {
  const choices = names.filter((name) => name.startsWith(word));
  const [only] = choices;
  if (only === undefined) return { text, choices };
  const longest = choices.length === 1 ? only + end : choices.reduce(shared);
  return { text: text.slice(0, text.length - word.length) + longest, choices };
}

function shared(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
