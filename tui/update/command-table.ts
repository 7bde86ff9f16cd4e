// The commands behind `:`: names, what they take, what they mean.

export interface CommandEntry {
  readonly name: string;
  /** What follows the name, for people; empty: nothing. */
  readonly takes: string;
  readonly meaning: string;
}

export const commandTable = [
  { name: 'overview', takes: '', meaning: 'screen 1; likewise pools, services, leaders, traffic, policies, events' },
  { name: 'pools', takes: '[NAME]', meaning: '' },
  { name: 'services', takes: '[NAME]', meaning: '' },
  { name: 'leaders', takes: '', meaning: '' },
  { name: 'traffic', takes: '', meaning: '' },
  { name: 'policies', takes: '[NAME]', meaning: '' },
  { name: 'events', takes: '', meaning: '' },
  { name: 'svc', takes: 'NAMESPACE/NAME', meaning: 'the page of a service' },
  { name: 'ip', takes: 'ADDRESS', meaning: 'the page of an address' },
  { name: 'plan', takes: '[PATH]...', meaning: 'what these files, or those on disk, would change' },
  { name: 'mac', takes: 'ADDRESS', meaning: 'the frames from and to a MAC address' },
  { name: 'node', takes: 'NAME', meaning: 'the page of a box' },
  {
    name: 'explain',
    takes: 'OBJECT',
    meaning: 'why, or why not: svc/NAMESPACE/NAME, ip/, leader/ADDRESS, policy/NAME',
  },
  { name: 'filter', takes: '[EXPR]', meaning: 'apply a filter; none clears it' },
  { name: 'sort', takes: '[COLUMN]', meaning: 'sort the list by a column; none: as it comes' },
  { name: 'save', takes: '', meaning: 'the rows of the list into a file (jsonl), also of frames' },
  { name: 'theme', takes: 'NAME', meaning: 'ansi, mono, high-contrast, deuteranopia, tritanopia or light' },
  { name: 'glyphs', takes: 'NAME', meaning: 'unicode, vt or ascii' },
  { name: 'help', takes: '', meaning: 'keys and commands' },
  { name: 'quit', takes: '', meaning: 'leave; the daemon goes on' },
] as const satisfies readonly CommandEntry[];

export type CommandName = (typeof commandTable)[number]['name'];

/** Lines of the help; what is told with another line is left out. */
export function commandHelp(): readonly { readonly usage: string; readonly meaning: string }[] {
  const entries: readonly CommandEntry[] = commandTable;
  return entries.flatMap(({ name, takes, meaning }) =>
    meaning === '' ? [] : [{ usage: `:${name} ${takes}`.trimEnd(), meaning }],
  );
}

/** The command that a word or an unambiguous beginning of it means; null for none. */
export function commandOf(word: string): CommandName | null {
  const exact = commandTable.find(({ name }) => name === word);
  if (exact) return exact.name;
  const near = commandTable.filter(({ name }) => word !== '' && name.startsWith(word));
  return near.length === 1 ? (near[0]?.name ?? null) : null;
}
