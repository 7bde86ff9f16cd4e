// What a reload did, in numbers and one line.

import { compareInputs } from '#core/compare-inputs.ts';
import { formatAddress } from '#model/address.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import { type Inputs, serviceKey } from '#model/resources.ts';
import type { Allocation, Snapshot } from '#model/snapshot.ts';
import type { ActiveConfig, Refusal } from './configuration.ts';
import { compareAllocations } from './transitions.ts';

export interface Reload {
  readonly before: ActiveConfig;
  readonly after: ActiveConfig;
  /** Allocations before. */
  readonly allocated: readonly Allocation[];
  /** State after. */
  readonly snapshot: Snapshot | null;
}

export function describeReload({ before, after, allocated, snapshot }: Reload): ReloadOutcome {
  const changes = before === after ? { added: 0, changed: 0, removed: 0 } : compareInputs(before, after);
  const moved = movedAddresses(allocated, snapshot?.desired.allocations ?? allocated, after.inputs);
  const { generation, problems } = after;
  const { added, changed, removed } = changes;
  const message = `generation ${generation} applied: ${added} added, ${changed} changed, ${removed} removed, ${moved} VIPs moved`;
  return { ok: true, generation, ...changes, moved, problems, message };
}

export function refusedOutcome(generation: number, problems: readonly ConfigProblem[], why: string): ReloadOutcome {
  const message = `nothing applied, generation ${generation} goes on running: ${why}`;
  return { ok: false, generation, added: 0, changed: 0, removed: 0, moved: 0, problems, message };
}

/** Why a configuration was refused, in one line with its first place. */
export function refusalText({ problems, vanished }: Refusal): string {
  const first = problems.find((problem) => problem.severity === 'error') ?? problems[0];
  if (!first) return vanished ? 'the path is gone or empty' : 'nothing could be read';
  const place = first.file ? `${first.file}:${first.line}:${first.column}: ` : '';
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `${place}${first.message}${more}`;
}

/** Addresses that a service which is still declared has no longer. Those of deleted services left; they did not move. */
function movedAddresses(before: readonly Allocation[], after: readonly Allocation[], inputs: Inputs): number {
  const { taken } = compareAllocations(before, after);
  if (taken.length === 0) return 0;
  const declared = new Set(inputs.services.map(serviceKey));
  return new Set(taken.filter(({ service }) => declared.has(service)).map(({ address }) => formatAddress(address)))
    .size;
}
