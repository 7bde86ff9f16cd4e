// Which group an address is in, who may lead it, and who does as far as this node knows.
import { formatAddress, type IpAddress } from '#model/address.ts';
import { largestRouterId, routerOf } from '#model/group-index.ts';
import { hasGroups } from '#model/node-config.ts';
import { explain, type Reason } from '#model/reason.ts';
import { type Candidacy, type GroupOutcome, ledKey, type Snapshot, type Unannounced } from '#model/snapshot.ts';
import { type ExplainStep, type Explanation, explanation, passed, refusal } from './explain-step.ts';
import { ledByOthers } from './group-leadership.ts';
import { type Box, eligibleGroups, type GroupStand, groupStands, rankGroups, rankIn } from './group-ranks.ts';
import { configuredPriority } from './spread.ts';
import { idsText } from './virtual-router-ids.ts';

/** The group of an address, or nothing: it has none, or this node is alone. */
export function groupSteps({ desired, observed }: Snapshot, address: IpAddress): readonly ExplainStep[] {
  const isIt = (row: { readonly address: IpAddress }) => sameAddress(row.address, address);
  const group = (desired.candidacies.find(isIt) ?? desired.unannounced.find(isIt))?.group ?? 0;
  const outcome = desired.groups.find((one) => one.group === group);
  if (!outcome) return [];
  const { virtualRouterId: first, groups } = observed.config.election.vrrp;
  const common = Array.from({ length: groups }, (_, i) => first + i).filter((id) => id <= largestRouterId);
  const message = `${formatAddress(address)} is in group ${routerOf(group)?.id}: ${whyGroup(outcome, common)}`;
  return [passed('group', 'ELECT', message)];
}

function whyGroup({ group, policies, isPinned }: GroupOutcome, common: readonly number[]): string {
  if (isPinned) return 'a service pins it by lanlord.dev/group';
  const id = routerOf(group)?.id ?? 0;
  if (policies.length > 0)
    return `one of those for addresses that ${policies.join(' and ')} select${policies.length === 1 ? 's' : ''}`;
  return common.includes(id)
    ? `one of ${idsText(common)}, which the addresses of policies without a nodeSelector share`
    : 'one of those that the addresses of policies without a nodeSelector share';
}

/** Why this node does not answer for an address that it has no led row of: no failure where another one does. */
export function standbySteps(
  { observed }: Snapshot,
  { address, group, reasons }: Unannounced,
  step: (reason: Reason, result: 'fail' | 'skipped') => ExplainStep,
): readonly ExplainStep[] {
  const isLed = ledByOthers(observed.leadership).has(group);
  const steps = reasons.map((reason) => {
    const isElsewhere = reason.code === 'not_leader' && reason.leader !== null;
    if (isElsewhere) return passed(`announce ${formatAddress(address)}`, 'ELECT', explain(reason));
    return step(reason, isLed ? 'skipped' : 'fail');
  });
  if (!isLed || steps.some(({ result }) => result === 'pass')) return steps;
  return [passed(`announce ${formatAddress(address)}`, 'ELECT', 'Another node leads its group'), ...steps];
}

/** Another box that is ranked. `isAble`: it could lead now. */
export interface RankedBox extends Box {
  readonly isAble: boolean;
}

/** `others`: the boxes that are ranked on an interface. Null: no service has the address. */
export function explainLeader(
  snapshot: Snapshot,
  address: IpAddress,
  others: (interfaceName: string) => readonly RankedBox[],
): Explanation | null {
  const { desired, observed } = snapshot;
  const text = formatAddress(address);
  const rows = desired.candidacies.filter((row) => sameAddress(row.address, address));
  const missing = desired.unannounced.find((one) => sameAddress(one.address, address));
  if (rows.length === 0 && !missing) return null;
  if (!hasGroups(observed.config)) return explanation(`leader/${text}`, aloneSteps(text, rows, missing));
  const stands = groupStands(desired);
  const steps = rows.flatMap((row) => candidateSteps(snapshot, row, stands, others(row.interface)));
  // What keeps other interfaces out, or all of them.
  const refused = (missing?.reasons ?? []).filter(({ code }) => rows.length === 0 || !told.has(code));
  const isLed = missing !== undefined && ledByOthers(observed.leadership).has(missing.group);
  const result = rows.length > 0 || isLed ? 'skipped' : 'fail';
  return explanation(`leader/${text}`, [
    ...groupSteps(snapshot, address),
    ...refused.map((reason) => refusal('candidate', result, reason)),
    ...steps,
  ]);
}

/** Reasons that the steps per interface tell. */
const told: ReadonlySet<Reason['code']> = new Set([
  'not_leader',
  'drained',
  'no_carrier',
  'tracked_interface_down',
  'no_source_address',
]);

function aloneSteps(text: string, rows: readonly Candidacy[], missing: Unannounced | undefined): ExplainStep[] {
  const mode = passed('election', 'ELECT', 'election.mode is solo: this node leads whatever it may announce');
  const led = rows.filter(({ leads }) => leads);
  const names = led.map((row) => row.interface).join(', ');
  if (led.length > 0) return [mode, passed('leader', 'ELECT', `This node leads ${text} on ${names}`)];
  return [mode, ...(missing?.reasons ?? []).map((reason) => refusal('leader', 'fail', reason))];
}

function candidateSteps(
  { desired, observed }: Snapshot,
  row: Candidacy,
  stands: readonly GroupStand[],
  others: readonly RankedBox[],
): readonly ExplainStep[] {
  const { interface: name, group, refusal: refused } = row;
  const self = observed.node.name;
  const eligible = eligibleGroups(stands, name);
  const ranking = rankGroups(desired.groups, [{ name: self, eligible }, ...others]);
  const away = new Set(others.filter(({ isAble }) => !isAble).map((box) => box.name));
  const ranked = (ranking.get(group) ?? []).map((box) => (away.has(box) ? `${box} (cannot lead now)` : box));
  const rank = rankIn(ranking, group, self);
  const stand = stands.find((one) => one.interface === name && one.group === group);
  const isLed = observed.leadership.kind === 'groups' && observed.leadership.leaders.has(ledKey(name, group));
  const label = `candidate ${name}`;
  const candidate = refused
    ? refusal(label, isLed ? 'skipped' : 'fail', refused)
    : stand?.isWhole === false
      ? partial(label)
      : passed(label, 'ELECT', `This node may lead group ${routerOf(group)?.id} on ${name}`);
  const priority = configuredPriority(observed.config.election.vrrp.priority, rank);
  const places = ranked.length > 0 ? ranked.join(', then ') : 'nobody';
  const message = `First choice on ${name}: ${places}; this node has rank ${rank}, priority ${priority}`;
  return [candidate, passed(`ranking ${name}`, 'ELECT', message)];
}

function partial(label: string): ExplainStep {
  const message = 'This node has no interface for some addresses of the group: it leads when nobody else can';
  return { ...passed(label, 'ELECT', message), result: 'skipped' };
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}
