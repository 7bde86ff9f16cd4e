// Which virtual router ids the declared services use, and which collide or run out.
import { type AddressKinds, ElectionClasses, type GroupWish, pinnedGroup } from '#core/election-class.ts';
import { ElectionGroups } from '#core/election-groups.ts';
import { isAnnouncedClass } from '#core/match.ts';
import { hasGroups, type NodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import { explain, type Reason } from '#model/reason.ts';
import { type Policy, type Position, type Service, serviceKey } from '#model/resources.ts';
import { quote } from '#model/safe-text.ts';
import { inSlices } from './turn.ts';

/** Services that the same policies select: their addresses can be led by the same boxes. */
export interface GroupMapEntry {
  readonly policies: readonly string[];
  /** Virtual router ids that the addresses are spread over; empty: they have none. */
  readonly ids: readonly number[];
  readonly services: number;
  /** Ids that single services pin, each once, ascending. */
  readonly pinned: readonly number[];
}

export interface GroupFindings {
  readonly problems: readonly ConfigProblem[];
  /** In the order of their policies; empty when nothing is elected by groups. */
  readonly map: readonly GroupMapEntry[];
}

const nothing: GroupFindings = { problems: [], map: [] };

/**
 * Object errors. Judged service by service: addresses that services come to share, which makes classes of their own, are
 * known only to the daemon.
 */
export async function findGroups(
  policies: readonly Policy[],
  services: readonly Service[],
  config: NodeConfig,
): Promise<GroupFindings> {
  if (!hasGroups(config)) return nothing;
  const classes = new ElectionClasses(policies);
  const wished = new Map<GroupWish, Service[]>();
  await inSlices(services, (slice) => {
    for (const service of slice) {
      for (const wish of wishesOf(service, classes)) {
        const known = wished.get(wish);
        if (known) known.push(service);
        else wished.set(wish, [service]);
      }
    }
  });
  const groups = new ElectionGroups(config.election.vrrp, wished.keys());
  const refused = groups.classes().flatMap(({ class: own, refused: reason }) => {
    // What cannot be read has a message already, at the annotation.
    if (!reason || reason.code === 'block_unreadable') return [];
    const policy = policies.find(({ name }) => own.policies.includes(name));
    return problemAt(
      policy,
      'lanlord.dev/virtual-router-id',
      `policy ${own.policies.map(quote).join(' and ')}`,
      reason,
    );
  });
  const pins = [...wished].flatMap(([{ class: own, pin }, pinning]) => {
    const reason = typeof pin === 'number' ? groups.refusalOf(pin, own) : null;
    if (!reason) return [];
    return pinning.flatMap((one) => problemAt(one, 'lanlord.dev/group', `service ${quote(serviceKey(one))}`, reason));
  });
  const map = groups.classes().map(({ class: own, ids }): GroupMapEntry => {
    const wishes = [...wished].filter(([{ class: other }]) => other === own);
    const pinned = wishes.flatMap(([{ pin }]) => (typeof pin === 'number' ? [pin] : []));
    const counted = new Set(wishes.flatMap(([, some]) => some));
    return { policies: own.policies, ids, services: counted.size, pinned: pinned.sort((a, b) => a - b) };
  });
  return { problems: [...refused, ...pins], map };
}

/** What its addresses wish, each wish once. */
function wishesOf(service: Service, classes: ElectionClasses): ReadonlySet<GroupWish> {
  const wishes = kindsOf(service).flatMap((kinds) => {
    const names = classes.policiesOf(service, kinds);
    return names.length === 0 ? [] : classes.wishOf(names, pinnedGroup(service));
  });
  return new Set(wishes);
}

/** Addresses of the two kinds can be selected by different policies. */
function kindsOf(service: Service): readonly AddressKinds[] {
  if (!isAnnouncedClass(service)) return [];
  return [
    ...(service.type === 'LoadBalancer' ? [{ loadBalancer: true, external: false }] : []),
    ...(service.externalIPs.length > 0 ? [{ loadBalancer: false, external: true }] : []),
  ];
}

interface Placed {
  readonly position?: Position;
  readonly fields?: ReadonlyMap<string, Position>;
}

function problemAt(object: Placed | undefined, key: string, what: string, reason: Reason): ConfigProblem[] {
  const path = `metadata.annotations["${key}"]`;
  const position = object?.fields?.get(path) ?? object?.position;
  if (!position) return [];
  const hint =
    reason.code === 'group_ids_exhausted'
      ? 'use fewer policies with a nodeSelector, or lower virtualRouterId and groups of the NodeConfig'
      : 'choose another id; lanlord check prints who has which';
  const message = `${what} has no group: ${explain(reason)}`;
  return [{ ...position, code: 'LL-CFG-043', severity: 'error', scope: 'object', path, message, hint }];
}
