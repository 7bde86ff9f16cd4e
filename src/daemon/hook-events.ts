// Transitions of a round as events for the hook.
import { formatAddress } from '#model/address.ts';
import { type GroupReport, isLeading } from '#model/election.ts';
import { routerOf } from '#model/group-index.ts';
import type { HookEvent, HookTransition } from '#model/hook-event.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { Announcement } from '#model/snapshot.ts';

const alone = 255;
const conflicts: Readonly<Record<string, HookTransition>> = {
  'conflict.claimed': 'conflict',
  'conflict.ended': 'conflict-ended',
};

export interface HookFacts {
  readonly node: string;
  readonly nowMs: number;
  /** Rows that are answered here since this round, and rows that are not any more. */
  readonly come: readonly Announcement[];
  readonly gone: readonly Announcement[];
  /** Groups by interface. */
  readonly groups: ReadonlyMap<string, readonly GroupReport[]>;
  /** Why a row came or went; null: nothing is elected there. */
  readonly why: (row: Announcement) => { readonly cause: string; readonly other: string | null } | null;
  /** What was seen of claims in this round. */
  readonly seen: readonly JournalEntry[];
}

export function hookEvents(facts: HookFacts): readonly HookEvent[] {
  return [
    ...facts.gone.map((row) => moved('standby', row, facts)),
    ...facts.come.map((row) => moved('leader', row, facts)),
    ...facts.seen.flatMap((entry) => claimed(entry, facts)),
  ];
}

function moved(event: HookTransition, row: Announcement, { node, nowMs, groups, why }: HookFacts): HookEvent {
  const report = groups.get(row.interface)?.find(({ group }) => group === row.group);
  const reason = why(row);
  const isElected = row.group !== 0;
  return {
    event,
    ip: formatAddress(row.address),
    interface: row.interface,
    services: row.services,
    virtualRouterId: routerOf(row.group)?.id ?? 0,
    priority: isElected ? (report?.priority ?? 0) : alone,
    node,
    time: new Date(nowMs).toISOString(),
    cause: reason?.cause ?? (event === 'leader' ? 'announced' : 'withdrawn'),
    other: reason?.other ?? (report && !isLeading(report.phase) ? (report.leader?.address ?? null) : null),
  };
}

function claimed({ kind, fields, message, timeMs }: JournalEntry, { node }: HookFacts): readonly HookEvent[] {
  const event = conflicts[kind];
  const { ip, interface: name, mac } = fields;
  if (!event || typeof ip !== 'string') return [];
  return [
    {
      event,
      ip,
      interface: typeof name === 'string' ? name : '',
      services: [],
      virtualRouterId: 0,
      priority: 0,
      node,
      time: new Date(timeMs).toISOString(),
      cause: message,
      other: typeof mac === 'string' ? mac : null,
    },
  ];
}
