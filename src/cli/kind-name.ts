// Finds the kind that somebody means by a full name, a short name or an unambiguous beginning.
import { wordByPrefix } from '#model/nearest-word.ts';

/** What `get` lists. */
export const getKinds = [
  'pools',
  'ips',
  'services',
  'leaders',
  'announcements',
  'policies',
  'nodes',
  'interfaces',
  'problems',
  'events',
] as const;

export type GetKind = (typeof getKinds)[number];

export const shortNames: Readonly<Record<string, GetKind>> = {
  pool: 'pools',
  po: 'pools',
  ip: 'ips',
  svc: 'services',
  service: 'services',
  lead: 'leaders',
  leader: 'leaders',
  announcement: 'announcements',
  ann: 'announcements',
  'l2-announce': 'announcements',
  pol: 'policies',
  policy: 'policies',
  node: 'nodes',
  no: 'nodes',
  if: 'interfaces',
  interface: 'interfaces',
  pr: 'problems',
  problem: 'problems',
  ev: 'events',
  event: 'events',
};

/** Null when the text is none, or could be more than one. */
export function kindByName(text: string): GetKind | null {
  const word = text.toLowerCase();
  if (Object.hasOwn(shortNames, word)) return shortNames[word] ?? null;
  const full = wordByPrefix(word, getKinds);
  return getKinds.find((kind) => kind === full) ?? null;
}
