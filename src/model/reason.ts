// Every expected "no" as data, and the one place that turns it into a sentence.
import { type ElectionReason, explainElection } from './election-reason.ts';
import { quote } from './safe-text.ts';
import { macText } from './virtual-mac.ts';

/**
 * Why something is not so. Codes never change their meaning. The first word of Cilium's condition reasons is kept where
 * Cilium has one (`no_pool`, `out_of_ips`, …).
 */
export type Reason =
  // Allocation (Cilium condition cilium.io/IPAMRequestSatisfied)
  | { readonly code: 'no_pool'; readonly address: string | null }
  | { readonly code: 'out_of_ips' }
  | { readonly code: 'pool_selector_mismatch'; readonly address: string; readonly pool: string }
  | { readonly code: 'already_allocated'; readonly address: string; readonly holder: string }
  | {
      readonly code: 'already_allocated_incompatible_service';
      readonly address: string;
      readonly holder: string;
      readonly why: string;
    }
  | { readonly code: 'invalid_request'; readonly value: string; readonly why: string }
  | { readonly code: 'own_address'; readonly address: string; readonly interface: string }
  | { readonly code: 'special_address'; readonly address: string; readonly why: 'network' | 'broadcast' | 'gateway' }
  | { readonly code: 'address_in_use'; readonly address: string; readonly mac: string; readonly interface: string }
  | { readonly code: 'excluded_address'; readonly address: string; readonly pool: string }
  | { readonly code: 'reserved_address'; readonly address: string; readonly pool: string }
  | { readonly code: 'reserved_by_peer'; readonly address: string; readonly service: string; readonly node: string }
  | { readonly code: 'peer_address'; readonly address: string; readonly node: string; readonly interface: string }
  // A pool that does not serve a service (explain)
  | { readonly code: 'pool_disabled'; readonly pool: string }
  | { readonly code: 'pool_conflicting'; readonly pool: string; readonly with: string }
  | { readonly code: 'pool_invalid'; readonly pool: string; readonly why: string }
  | { readonly code: 'pool_selector'; readonly pool: string }
  | { readonly code: 'pool_full'; readonly pool: string }
  | { readonly code: 'pool_family'; readonly pool: string; readonly family: string }
  // Service not handled
  | { readonly code: 'not_load_balancer'; readonly type: string }
  | { readonly code: 'foreign_class'; readonly class: string }
  | { readonly code: 'class_required' }
  | { readonly code: 'dormant' }
  // Announcement
  | { readonly code: 'no_policy' }
  | { readonly code: 'policy_service_selector'; readonly policy: string }
  | { readonly code: 'policy_node_selector'; readonly policy: string }
  | { readonly code: 'policy_no_address_kind'; readonly policy: string }
  | { readonly code: 'policy_no_interface'; readonly policy: string }
  | { readonly code: 'policy_invalid'; readonly policy: string; readonly why: string }
  | { readonly code: 'interface_down'; readonly address: string; readonly interface: string }
  | { readonly code: 'not_unicast'; readonly address: string }
  | { readonly code: 'off_link'; readonly address: string; readonly interface: string }
  | { readonly code: 'no_ipv6_address'; readonly address: string; readonly interface: string }
  | { readonly code: 'prefix_not_allowed'; readonly address: string }
  | { readonly code: 'no_local_endpoint'; readonly service: string }
  | ElectionReason
  | { readonly code: 'family_disabled'; readonly family: string };

/** One sentence without a full stop. Cilium's words where Cilium has them, so that habits and searches still work. */
export function explain(reason: Reason): string {
  switch (reason.code) {
    case 'no_pool':
      return reason.address === null
        ? 'There are no enabled CiliumLoadBalancerIPPools that match this service'
        : `No pool exists with a CIDR containing '${reason.address}'`;
    case 'out_of_ips':
      return 'All enabled CiliumLoadBalancerIPPools that match this service ran out of allocatable IPs';
    case 'pool_selector_mismatch':
      return `The pool with the CIDR containing '${reason.address}', doesn't select this service`;
    case 'already_allocated':
      return `The IP '${reason.address}' is already allocated to another service`;
    case 'already_allocated_incompatible_service':
      return `The IP '${reason.address}' is already allocated to an incompatible service. Reason: ${reason.why}`;
    case 'invalid_request':
      return `The requested address ${quote(reason.value)} is refused: ${reason.why}`;
    case 'own_address':
      return `The IP '${reason.address}' is this node's own address on interface ${quote(reason.interface)}`;
    case 'special_address':
      return `The IP '${reason.address}' is the ${reason.why} address of a subnet of this node`;
    case 'address_in_use':
      return `The IP '${reason.address}' is used by another host: ${macText(reason.mac)} on ${quote(reason.interface)}`;
    case 'excluded_address':
      return `The IP '${reason.address}' is excluded by the annotation lanlord.dev/exclude of pool ${quote(reason.pool)}`;
    case 'reserved_address':
      return `The IP '${reason.address}' is the first or last of a block of pool ${quote(reason.pool)}, which has allowFirstLastIPs: No`;
    case 'reserved_by_peer':
      return `The IP '${reason.address}' is held by ${quote(reason.service)} on node ${quote(reason.node)}`;
    case 'peer_address':
      return `The IP '${reason.address}' is an own address of node ${quote(reason.node)}, on its interface ${quote(reason.interface)}`;
    default:
      return explainPool(reason);
  }
}

type PoolReason = Exclude<
  Reason,
  {
    code:
      | 'no_pool'
      | 'out_of_ips'
      | 'pool_selector_mismatch'
      | 'already_allocated'
      | 'already_allocated_incompatible_service'
      | 'invalid_request'
      | 'own_address'
      | 'special_address'
      | 'address_in_use'
      | 'excluded_address'
      | 'reserved_address'
      | 'reserved_by_peer'
      | 'peer_address';
  }
>;

function explainPool(reason: PoolReason): string {
  switch (reason.code) {
    case 'pool_disabled':
      return `Pool ${quote(reason.pool)} is disabled`;
    case 'pool_conflicting':
      return `Pool ${quote(reason.pool)} overlaps pool ${quote(reason.with)}`;
    case 'pool_invalid':
      return `Pool ${quote(reason.pool)} is invalid: ${reason.why}`;
    case 'pool_selector':
      return `The serviceSelector of pool ${quote(reason.pool)} does not select this service`;
    case 'pool_full':
      return `Pool ${quote(reason.pool)} has no free address left`;
    case 'pool_family':
      return `Pool ${quote(reason.pool)} has no ${reason.family} addresses`;
    case 'not_load_balancer':
      return `The service is of type ${quote(reason.type)}, not LoadBalancer`;
    case 'foreign_class':
      return `The loadBalancerClass ${quote(reason.class)} belongs to another controller`;
    case 'class_required':
      return 'The service has no loadBalancerClass and defaultLBServiceIPAM is not lbipam';
    case 'dormant':
      return 'There is no CiliumLoadBalancerIPPool at all, so addresses are left alone';
    case 'family_disabled':
      return `${reason.family} is disabled here`;
    default:
      return explainAnnouncement(reason);
  }
}

type AnnouncementReason = Exclude<
  PoolReason,
  {
    code:
      | 'pool_disabled'
      | 'pool_conflicting'
      | 'pool_invalid'
      | 'pool_selector'
      | 'pool_full'
      | 'pool_family'
      | 'not_load_balancer'
      | 'foreign_class'
      | 'class_required'
      | 'dormant'
      | 'family_disabled';
  }
>;

function explainAnnouncement(reason: AnnouncementReason): string {
  switch (reason.code) {
    case 'no_policy':
      return 'No CiliumL2AnnouncementPolicy on this node selects the service and announces this kind of address';
    case 'policy_service_selector':
      return `The serviceSelector of policy ${quote(reason.policy)} does not select the service`;
    case 'policy_node_selector':
      return `The nodeSelector of policy ${quote(reason.policy)} does not select this node`;
    case 'policy_no_address_kind':
      return `Policy ${quote(reason.policy)} does not announce this kind of address (loadBalancerIPs, externalIPs)`;
    case 'policy_no_interface':
      return `No usable interface of this node matches the interfaces of policy ${quote(reason.policy)}`;
    case 'policy_invalid':
      return `Policy ${quote(reason.policy)} is invalid: ${reason.why}`;
    case 'interface_down':
      return `Interface ${quote(reason.interface)} is down`;
    case 'not_unicast':
      return `The IP '${reason.address}' is not a unicast address of a network`;
    case 'off_link':
      return `No subnet of interface ${quote(reason.interface)} holds '${reason.address}'`;
    case 'no_ipv6_address':
      return `Interface ${quote(reason.interface)} has no IPv6 address: '${reason.address}' is not answered there until it has one`;
    case 'prefix_not_allowed':
      return `The IP '${reason.address}' is outside of allowedPrefixes`;
    case 'no_local_endpoint':
      return `externalTrafficPolicy is Local and no ready endpoint of ${quote(reason.service)} is on this node`;
    default:
      return explainElection(reason);
  }
}
