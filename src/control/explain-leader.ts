// Who leads an address and why: the steps of `core`, and what is known at run time.

import { differenceText } from '#core/difference-problems.ts';
import { boxesOn, rankedOn } from '#core/election-world.ts';
import { explainLeader, type RankedBox } from '#core/explain-election.ts';
import { formatAddress, type IpAddress } from '#model/address.ts';
import { routerOf } from '#model/group-index.ts';
import type { GroupView } from '#model/group-view.ts';
import type { DaemonView } from '#ports.ts';
import { concerning } from './group-leaders.ts';
import { type ExplainStep, timestamp } from './protocol.ts';

/** Null: no service has the address. */
export function leaderSteps(view: DaemonView, address: IpAddress): readonly ExplainStep[] | null {
  const { snapshot, groups = [] } = view;
  const explanation = snapshot && explainLeader(snapshot, address, (name) => othersOn(view, name));
  if (!explanation) return null;
  const rows = snapshot.desired.candidacies.filter(
    (row) => row.address.value === address.value && row.address.family === address.family,
  );
  const known = rows.flatMap(
    (row) => groups.find((one) => one.group === row.group && one.interface === row.interface) ?? [],
  );
  const differences = known.flatMap((one) => differenceSteps(one, formatAddress(address)));
  return ordered([...explanation.steps, ...known.map((one) => leaderStep(view.node, one)), ...differences]);
}

/** First failing step first, as `core` orders its own. */
export function ordered(steps: readonly ExplainStep[]): readonly ExplainStep[] {
  const of = (result: ExplainStep['result']) => steps.filter((step) => step.result === result);
  return [...of('fail'), ...of('pass'), ...of('skipped')];
}

/** Boxes that are ranked on an interface, and whether they can lead there now. */
function othersOn({ peers = [] }: DaemonView, name: string): readonly RankedBox[] {
  const able = new Set(boxesOn(name, peers).map((box) => box.name));
  return rankedOn(name, peers).map((box) => ({ ...box, isAble: able.has(box.name) }));
}

/** Codes never change their meaning. */
export const leaderCodes = {
  nobody: {
    code: 'LL-ELECT-010',
    meaning: 'No leader of the group is known: this node listens, and takes it when nobody does',
  },
  refused: { code: 'LL-ELECT-011', meaning: 'Another installation uses the virtual router id of the group' },
  differs: {
    code: 'LL-ELECT-012',
    meaning: 'Another virtual router on the LAN is set up otherwise, so that it and this node may not hear each other',
  },
} as const;

function differenceSteps(view: GroupView, ip: string): readonly ExplainStep[] {
  return concerning(view, ip).map((difference): ExplainStep => {
    const { message, hint, severity } = differenceText(view.interface, difference);
    const result = severity === 'info' ? 'skipped' : 'fail';
    const name = `router ${view.interface}`;
    return { name, result, code: leaderCodes.differs.code, message, file: null, line: null, fix: [hint] };
  });
}

function leaderStep(
  node: string,
  { interface: name, group, phase, leader, sinceMs, term, priority }: GroupView,
): ExplainStep {
  const step = { name: `leader ${name}`, file: null, line: null };
  const what = `group ${routerOf(group)?.id ?? group} on ${name}`;
  if (phase === 'refused') {
    const message = `Another installation uses the id of ${what}: this node takes no part in it`;
    const fix = ['Choose another virtualRouterId, or pin the id with lanlord.dev/group to pair with that router'];
    return { ...step, result: 'fail', code: leaderCodes.refused.code, message, fix };
  }
  if (!leader)
    return {
      ...step,
      result: 'fail',
      code: leaderCodes.nobody.code,
      message: `Nobody is known to lead ${what}`,
      fix: [],
    };
  const who = leader.name === node ? 'This node' : nameOf(leader);
  const leaving = phase === 'leaving' ? ', and is about to give it up' : '';
  const message = `${who} leads ${what} since ${timestamp(sinceMs)}${leaving}; term ${term}, priority ${priority} here`;
  return { ...step, result: 'pass', code: 'LL-ELECT-000', message, fix: [] };
}

function nameOf({ name, address }: NonNullable<GroupView['leader']>): string {
  if (name === null) return address ?? 'Another node';
  return address === null ? name : `${name} (${address})`;
}
