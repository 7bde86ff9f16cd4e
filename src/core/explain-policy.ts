// What a policy selects on this node, and what is in its way.
import { formatAddress } from '#model/address.ts';
import { hasGroups } from '#model/node-config.ts';
import type { Reason } from '#model/reason.ts';
import type { Interface } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { ElectionClasses } from './election-class.ts';
import { nodeLabels, policyStatesOf, reasonFixes } from './explain-announcement.ts';
import {
  because,
  type ExplainStep,
  type Explanation,
  explanation,
  notReached,
  passed,
  placeOf,
  refusal,
} from './explain-step.ts';
import type { PolicyState } from './policy-state.ts';
import { selectorGap } from './selector-gap.ts';
import { idsOf, idsText } from './virtual-router-ids.ts';

/** So many services and addresses are named. */
const named = 5;

/** Null: there is no such policy. */
export function explainPolicy(snapshot: Snapshot, name: string): Explanation | null {
  const state = policyStatesOf(snapshot).find((one) => one.name === name);
  if (!state) return null;
  const steps = [faultStep(state), nodeStep(snapshot, state), interfaceStep(snapshot, state), kindStep(state)];
  return explanation(`policy/${name}`, [
    ...steps.flat(),
    ...selectionSteps(snapshot, state),
    ...idSteps(snapshot, state),
  ]);
}

function faultStep({ name, declared, fault, inForce }: PolicyState): ExplainStep {
  if (!fault) return passed('policy', 'L2', 'It is valid', placeOf(declared));
  const reason: Reason = { code: 'policy_invalid', policy: name, why: fault.message };
  const step = refusal('policy', 'fail', reason, placeOf(declared, fault.path), ['lanlord check PATH']);
  return because(step, inForce ? 'its last good version counts' : undefined);
}

function nodeStep(snapshot: Snapshot, { name, declared, inForce, matchesNode }: PolicyState): ExplainStep {
  const labels = nodeLabels(snapshot);
  const place = placeOf(declared, 'spec.nodeSelector');
  if (!inForce) return notReached('node', 'L2', 'Not reached: no version of it was ever valid');
  if (matchesNode) {
    const why = inForce.nodeSelector ? 'Its nodeSelector selects this node' : 'It has no nodeSelector: every node';
    return passed('node', 'L2', why, place);
  }
  const of = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const gap = selectorGap(inForce.nodeSelector, of, 'node');
  const reason: Reason = { code: 'policy_node_selector', policy: name };
  return because(
    refusal('node', 'fail', reason, place, [...(gap ? [gap.fix] : []), ...reasonFixes(reason, [])]),
    gap?.why,
  );
}

function interfaceStep(
  { observed }: Snapshot,
  { name, declared, interfaces, inForce }: PolicyState,
): readonly ExplainStep[] {
  if (!inForce) return [];
  const place = placeOf(declared, 'spec.interfaces');
  const reason: Reason = { code: 'policy_no_interface', policy: name };
  const fixes = reasonFixes(reason, observed.interfaces);
  if (interfaces.length === 0) return [refusal('interfaces', 'fail', reason, place, fixes)];
  return [passed('interfaces', 'L2', `It selects ${interfaces.map(linkText).join(', ')} here`, place)];
}

function linkText({ name, up, carrier }: Interface): string {
  if (!up) return `${name} (down)`;
  return carrier ? name : `${name} (no carrier)`;
}

function kindStep({ name, declared, inForce }: PolicyState): readonly ExplainStep[] {
  if (!inForce) return [];
  const kinds = [
    ...(inForce.loadBalancerIPs ? ['LoadBalancer addresses'] : []),
    ...(inForce.externalIPs ? ['external addresses'] : []),
  ];
  const reason: Reason = { code: 'policy_no_address_kind', policy: name };
  if (kinds.length === 0) return [refusal('kinds', 'fail', reason, placeOf(declared, 'spec'), reasonFixes(reason, []))];
  return [passed('kinds', 'L2', `It announces ${kinds.join(' and ')}`, placeOf(declared))];
}

function selectionSteps({ desired }: Snapshot, { name }: PolicyState): readonly ExplainStep[] {
  const services = desired.policies.find((one) => one.name === name)?.services ?? [];
  if (services.length === 0) return [notReached('services', 'L2', 'It selects no service that has an address here')];
  const rows = desired.candidacies.filter(({ policies }) => policies.includes(name));
  const led = rows.filter(({ leads }) => leads).map(({ address }) => formatAddress(address));
  const some = [...new Set(led)];
  const answered =
    some.length > 0 ? `This node is the one to answer for ${list(some)}` : 'This node answers for none of it';
  return [
    passed(
      'services',
      'L2',
      `It selects ${services.length === 1 ? 'one service' : `${services.length} services`}: ${list(services)}`,
    ),
    some.length > 0
      ? passed('announce', 'L2', answered)
      : notReached('announce', 'L2', `${answered}; lanlord explain ip/ADDRESS`),
  ];
}

/** Virtual router ids of the addresses that this policy alone selects. */
function idSteps({ observed, desired }: Snapshot, { name, declared }: PolicyState): readonly ExplainStep[] {
  if (!hasGroups(observed.config)) return [];
  const own = new ElectionClasses(observed.inputs.policies).of([name]);
  const place = placeOf(declared, 'metadata.annotations["lanlord.dev/virtual-router-id"]');
  const bad = desired.problems.find(({ code, object }) => code === 'GROUP' && object === `policy/${name}`);
  if (own.block === 'unreadable') {
    return [refusal('groups', 'fail', { code: 'block_unreadable', policies: [name] }, place)];
  }
  if (bad) return [{ ...notReached('groups', 'ELECT', bad.message), ...place, result: 'fail', code: 'LL-ELECT-003' }];
  if (own.block)
    return [passed('groups', 'ELECT', `Addresses of it alone have the groups ${idsText(idsOf(own.block))}`, place)];
  const text = own.isNodeBound
    ? 'Addresses of it have groups of their own: lanlord check lists them'
    : 'Addresses of it share the groups of all policies without a nodeSelector';
  return [passed('groups', 'ELECT', text, placeOf(declared))];
}

function list(items: readonly string[]): string {
  const more = items.length - named;
  return more > 0 ? `${items.slice(0, named).join(', ')} and ${more} more` : items.join(', ');
}
