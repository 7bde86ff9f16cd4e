// The groups of this box as people see them: who leads each, under which name.
import { type GroupReport, isLeading } from '#model/election.ts';
import type { GroupView } from '#model/group-view.ts';
import type { Peer } from '#model/peers.ts';
import type { RouterDifference } from '#model/router-difference.ts';
import type { Election } from '#ports/election.ts';
import type { Clock } from '#ports.ts';

export interface GroupViewParts {
  readonly election: Pick<Election, 'reports' | 'differences'>;
  readonly clock: Clock;
  readonly peers: () => readonly Peer[];
}

/** A wall clock that was set, or has been slewed for long. */
const steppedMs = 100;
/** Differences of the clocks as they were first read. */
const offsets = new WeakMap<Clock, number>();

/** Two readings of two clocks differ by a millisecond now and then: times that stay must not flicker, or be told as news. */
function wallOffsetMs(clock: Clock): number {
  const nowMs = clock.wallMs() - clock.monotonicMs();
  const knownMs = offsets.get(clock);
  if (knownMs !== undefined && Math.abs(nowMs - knownMs) < steppedMs) return knownMs;
  offsets.set(clock, nowMs);
  return nowMs;
}

/** `node`: name of this box. */
export function groupViews(node: string, { election, clock, peers }: GroupViewParts): readonly GroupView[] {
  const toWallMs = wallOffsetMs(clock);
  const names = peerNames(peers());
  const differences = election.differences();
  return [...election.reports()].flatMap(([name, groups]) =>
    groups.map((report): GroupView => {
      const { group, phase, term, sinceMs, priority, refused } = report;
      return {
        interface: name,
        group,
        phase: refused === '' ? phase : 'refused',
        leader: leaderOf(report, node, names),
        term,
        sinceMs: Math.round(sinceMs + toWallMs),
        priority,
        ...differing(differences.get(name) ?? [], group),
      };
    }),
  );
}

/** Those of a group, and those of routers that lead addresses of ours under other ids: they concern whoever has them. */
function differing(all: readonly RouterDifference[], group: number): Pick<GroupView, 'differences'> {
  if (all.length === 0) return {};
  return { differences: all.filter(({ what, groups }) => what === 'other_id' || groups.includes(group)) };
}

function leaderOf(
  { phase, leader }: GroupReport,
  node: string,
  names: ReadonlyMap<string, string>,
): GroupView['leader'] {
  if (isLeading(phase)) return { name: node, address: null };
  return leader && { name: names.get(leader.address) ?? null, address: leader.address };
}

/** Names of boxes by the addresses of the interfaces on which they are heard. */
export function peerNames(peers: readonly Peer[]): ReadonlyMap<string, string> {
  return new Map(
    peers.flatMap(({ node, links }) =>
      links.flatMap(({ addresses }) => addresses.map((address) => [address, node] as const)),
    ),
  );
}
