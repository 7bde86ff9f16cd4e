// Why this node does not lead, or why an address has no group: as data, and as a sentence.
import { routerOf } from './group-index.ts';
import { quote } from './safe-text.ts';

export type ElectionReason =
  | {
      readonly code: 'not_leader';
      readonly address: string;
      readonly interface: string;
      /** `groupIndex`; 0 on a box that is alone. */
      readonly group: number;
      /** Name or address of the box that leads; null: none is known. */
      readonly leader: string | null;
    }
  | { readonly code: 'group_pin_unreadable' }
  | { readonly code: 'block_unreadable'; readonly policies: readonly string[] }
  /** `by`: policies of the class that has the id; none: it is one of the common ids. */
  | { readonly code: 'group_id_taken'; readonly id: number; readonly by: readonly string[] }
  | { readonly code: 'group_ids_exhausted'; readonly policies: readonly string[] }
  | { readonly code: 'drained' }
  | { readonly code: 'no_carrier'; readonly interface: string }
  | { readonly code: 'tracked_interface_down'; readonly interface: string }
  | { readonly code: 'no_source_address'; readonly interface: string; readonly family: string }
  | { readonly code: 'allocation_split'; readonly address: string; readonly service: string; readonly node: string };

export function explainElection(reason: ElectionReason): string {
  switch (reason.code) {
    case 'not_leader':
      return notLeader(reason);
    case 'group_pin_unreadable':
      return 'The annotation lanlord.dev/group of a service with this address is not a number from 1 to 255';
    case 'block_unreadable':
      return `The annotation lanlord.dev/virtual-router-id of policy ${names(reason.policies)} is not ids such as 200+8`;
    case 'group_id_taken': {
      const by =
        reason.by.length === 0 ? 'is one of the common ids' : `belongs to the addresses of ${names(reason.by)}`;
      return `The virtual router id ${reason.id} ${by}`;
    }
    case 'group_ids_exhausted':
      return `No virtual router ids are left for the addresses of policy ${names(reason.policies)}`;
    case 'drained':
      return 'This node is drained: it leads nothing until it is undrained';
    case 'no_carrier':
      return `Interface ${quote(reason.interface)} has no carrier`;
    case 'tracked_interface_down':
      return `Interface ${quote(reason.interface)}, which election.track names, has no carrier`;
    case 'no_source_address':
      return `Interface ${quote(reason.interface)} has no usable ${reason.family} address to send advertisements from`;
    case 'allocation_split':
      return `Node ${quote(reason.node)} has '${reason.address}' for ${quote(reason.service)}: nobody begins to answer for it until the boxes agree`;
  }
}

function notLeader({
  address,
  interface: name,
  group,
  leader,
}: Extract<ElectionReason, { code: 'not_leader' }>): string {
  const router = routerOf(group);
  if (router === null) return `Another node leads '${address}', or nobody does`;
  const where = `group ${router.id} on ${quote(name)}`;
  if (leader !== null) return `${quote(leader)} leads '${address}' (${where})`;
  return `This node does not lead '${address}' (${where}), and it does not know who does`;
}

function names(policies: readonly string[]): string {
  return policies.map(quote).join(' and ');
}
