// From the address to the wire: what each policy says, and whether this node answers.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Labels } from '#model/labels.ts';
import type { Reason } from '#model/reason.ts';
import type { Interface, Policy, Service } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { muteLinks } from './advertising-source.ts';
import { groupSteps, standbySteps } from './explain-election.ts';
import { because, type ExplainStep, notReached, passed, placeOf, refusal } from './explain-step.ts';
import { interfaceNames } from './interface-names.ts';
import { isAnnouncedClass } from './match.ts';
import { type NodeView, type PolicyState, policyState } from './policy-state.ts';
import { labelOf } from './selector.ts';
import { type SelectorGap, selectorGap } from './selector-gap.ts';

/** The kinds of address that one is of: given by a pool or written in the status, or in `spec.externalIPs`. */
export interface Kinds {
  readonly loadBalancer: boolean;
  readonly external: boolean;
}

/** Steps for one address of one service. */
export function announcementSteps(
  snapshot: Snapshot,
  service: Service,
  address: IpAddress,
  kinds: Kinds,
): readonly ExplainStep[] {
  const { desired } = snapshot;
  const text = formatAddress(address);
  const states = policyStatesOf(snapshot);
  const wrongClass = classReason(service);
  if (wrongClass) return [refusal(`announce ${text}`, 'fail', wrongClass, placeOf(service))];
  const reasons = states.map((state) => ({ state, reason: policyReason(state, service, kinds) }));
  const selected = reasons.some(({ reason }) => reason === null);
  const rows = desired.announcements.filter((row) => sameAddress(row.address, address));
  return [
    ...groupSteps(snapshot, address),
    outcomeStep(snapshot, text, address, selected && rows.length > 0),
    ...reasons.map(({ state, reason }) => policyStep(state, reason, selected, { service, node: nodeLabels(snapshot) })),
  ].flat();
}

/** Nothing to announce yet. */
export function announcementNotReached(): ExplainStep {
  return notReached('announce', 'L2', 'Not reached: there is no address to announce');
}

function outcomeStep(snapshot: Snapshot, text: string, address: IpAddress, here: boolean): readonly ExplainStep[] {
  const { desired } = snapshot;
  if (here) {
    const rows = desired.announcements.filter((row) => sameAddress(row.address, address));
    const mute = muteLinks(snapshot.observed.interfaces, address.family);
    const links = rows.flatMap((row) => (mute.has(row.interface) ? [] : [row.interface]));
    const answers = passed(
      `announce ${text}`,
      'L2',
      `This node is the one to answer for ${text} on ${links.join(', ')}`,
    );
    const silent = rows.filter((row) => mute.has(row.interface)).map((row) => muteStep(text, row.interface));
    return [...(links.length > 0 ? [answers] : []), ...silent];
  }
  const missing = desired.unannounced.find((one) => sameAddress(one.address, address));
  const reasons: readonly Reason[] = missing?.reasons.length ? missing.reasons : [{ code: 'no_policy' }];
  const step = (reason: Reason, result: 'fail' | 'skipped') =>
    refusal(
      `announce ${text}`,
      result,
      reason,
      reasonPlace(snapshot, reason),
      reasonFixes(reason, snapshot.observed.interfaces),
    );
  return missing
    ? standbySteps(snapshot, { ...missing, reasons }, step)
    : reasons.map((reason) => step(reason, 'fail'));
}

function muteStep(text: string, name: string): ExplainStep {
  const reason: Reason = { code: 'no_ipv6_address', address: text, interface: name };
  return refusal(`announce ${text}`, 'fail', reason, { file: null, line: null }, reasonFixes(reason, []));
}

function classReason(service: Service): Reason | null {
  return isAnnouncedClass(service) ? null : { code: 'foreign_class', class: service.loadBalancerClass ?? '' };
}

export function nodeLabels({ observed: { node, inputs } }: Pick<Snapshot, 'observed'>): Labels {
  const declared = inputs.nodes.find(({ name }) => name === node.name);
  return { 'kubernetes.io/hostname': node.name, ...declared?.labels, ...node.labels };
}

export function policyStatesOf({ observed, desired }: Snapshot): readonly PolicyState[] {
  const { interfaces, config, inputs } = observed;
  const view: NodeView = { labels: nodeLabels({ observed }), interfaces, config };
  return inputs.policies.map((policy) => policyState(policy, desired.memory.goodPolicies.get(policy.name), [], view));
}

/** Why a policy does not select the service for this kind of address on this node, or null. */
function policyReason(state: PolicyState, service: Service, { loadBalancer, external }: Kinds): Reason | null {
  const policy = state.name;
  const { inForce } = state;
  if (!inForce) return { code: 'policy_invalid', policy, why: state.fault?.message ?? 'it was never valid' };
  if (!state.matchesNode) return { code: 'policy_node_selector', policy };
  if (!state.selects(service)) return { code: 'policy_service_selector', policy };
  const announces = (loadBalancer && inForce.loadBalancerIPs) || (external && inForce.externalIPs);
  return announces ? null : { code: 'policy_no_address_kind', policy };
}

function policyStep(state: PolicyState, reason: Reason | null, selected: boolean, view: Labelled): ExplainStep {
  const name = `policy ${state.name}`;
  if (!reason) {
    const links = state.interfaces.map((device) => device.name).join(', ') || 'no interface';
    return passed(name, 'L2', `It selects the service on this node, with ${links}`, placeOf(state.declared));
  }
  // Another policy does the work: then this one is no failure.
  const gap = gapOf(state, reason, view);
  const fixes = reasonFixes(reason, []);
  const fix = gap ? [gap.fix, ...fixes] : fixes;
  const step = refusal(name, selected ? 'skipped' : 'fail', reason, policyPlace(state.declared, state, reason), fix);
  return because(step, gap?.why);
}

/** What the labels lack that the policy selects by. */
function gapOf({ inForce }: PolicyState, { code }: Reason, { service, node }: Labelled): SelectorGap | null {
  if (code === 'policy_service_selector') {
    return selectorGap(inForce?.serviceSelector, (key) => labelOf(service, key), 'service');
  }
  if (code !== 'policy_node_selector') return null;
  const of = (key: string) => (Object.hasOwn(node, key) ? node[key] : undefined);
  return selectorGap(inForce?.nodeSelector, of, 'node');
}

interface Labelled {
  readonly service: Service;
  /** Labels of this node. */
  readonly node: Labels;
}

function policyPlace(policy: Policy, { fault }: PolicyState, { code }: Reason): Pick<ExplainStep, 'file' | 'line'> {
  const paths: Partial<Record<Reason['code'], string>> = {
    policy_invalid: fault?.path ?? '',
    policy_node_selector: 'spec.nodeSelector',
    policy_service_selector: 'spec.serviceSelector',
    policy_no_interface: 'spec.interfaces',
    policy_no_address_kind: 'spec',
  };
  return placeOf(policy, paths[code] ?? 'spec');
}

function reasonPlace({ observed }: Snapshot, reason: Reason): Pick<ExplainStep, 'file' | 'line'> {
  if (reason.code !== 'policy_no_interface') return { file: null, line: null };
  return placeOf(
    observed.inputs.policies.find(({ name }) => name === reason.policy),
    'spec.interfaces',
  );
}

/** `interfaces`: of this node. */
export function reasonFixes(reason: Reason, interfaces: readonly Interface[]): readonly string[] {
  switch (reason.code) {
    case 'no_policy':
      return ['Apply a CiliumL2AnnouncementPolicy with loadBalancerIPs: true that selects the service'];
    case 'policy_no_interface':
      return [`Correct spec.interfaces: this node has ${interfaceNames(interfaces)}`];
    case 'policy_no_address_kind':
      return ['Set spec.loadBalancerIPs or spec.externalIPs to true'];
    case 'policy_node_selector':
      return ['Or change spec.nodeSelector of the policy'];
    case 'policy_service_selector':
      return ['Or change spec.serviceSelector of the policy'];
    case 'interface_down':
      return [`ip link set ${reason.interface} up`];
    case 'off_link':
      return [
        'Choose an address of a subnet of the interface, or annotate the policy with lanlord.dev/off-link: allow',
      ];
    case 'no_ipv6_address':
      return [`sysctl net.ipv6.conf.${reason.interface}.disable_ipv6, and ip -6 address show dev ${reason.interface}`];
    case 'own_address':
      return [`Remove ${reason.address} from interface ${reason.interface}, or choose another address`];
    case 'allocation_split':
      return [`lanlord get nodes; let ${reason.node} and this node load the same configuration`];
    case 'special_address':
      return ['Choose another address, or annotate a pool that contains it with lanlord.dev/allow-special: "true"'];
    case 'drained':
      return ['lanlord undrain'];
    case 'no_carrier':
    case 'tracked_interface_down':
      return [`Check the cable of ${reason.interface}, and the port of the switch`];
    case 'no_source_address':
      return [`Give ${reason.interface} an ${reason.family} address: ip address show dev ${reason.interface}`];
    case 'group_pin_unreadable':
    case 'block_unreadable':
    case 'group_id_taken':
    case 'group_ids_exhausted':
      return ['lanlord check prints who has which virtual router ids'];
    case 'prefix_not_allowed':
      return ['Add the prefix to allowedPrefixes of the NodeConfig'];
    case 'no_local_endpoint':
      return ['Run a ready endpoint on this node, or set externalTrafficPolicy: Cluster'];
    default:
      return [];
  }
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}
