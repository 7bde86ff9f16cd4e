// What other routers do differently, for people: what it leads to, and what to change where.
// Read RFC 9568 §7.1 before changing this file.
import { routerOf } from '#model/group-index.ts';
import type { RunningProblem, Severity } from '#model/problem.ts';
import type { DifferenceKind, RouterDifference } from '#model/router-difference.ts';

export interface DifferenceText {
  /** One sentence without a full stop. */
  readonly message: string;
  readonly hint: string;
  readonly severity: Severity;
}

/** So many ids are named. */
const mostIds = 4;

/** `name`: of the interface. */
export function differenceText(name: string, difference: RouterDifference): DifferenceText {
  const { message, hint, severity } = texts[difference.what](difference);
  return { message: `${difference.sender} on ${name}, ${idText(difference.groups)}: ${message}`, hint, severity };
}

/** `refused`: whether a group is refused because of this router, which is told as a problem of its own. */
export function differenceProblems(
  differences: ReadonlyMap<string, readonly RouterDifference[]>,
  isRefused: (name: string, group: number) => boolean,
): readonly RunningProblem[] {
  return [...differences].flatMap(([name, all]) =>
    all
      .filter(({ what, groups }) => what !== 'foreign' || !groups.every((group) => isRefused(name, group)))
      .map((difference): RunningProblem => {
        const object = `router/${difference.sender}/${difference.what.replaceAll('_', '-')}`;
        return { code: 'VRRP', object, ...differenceText(name, difference) };
      }),
  );
}

function idText(groups: readonly number[]): string {
  const ids = groups.map((group) => routerOf(group)?.id ?? 0);
  const more = ids.length > mostIds ? ` and ${ids.length - mostIds} more` : '';
  return `virtual router id${ids.length === 1 ? '' : 's'} ${ids.slice(0, mostIds).join(', ')}${more}`;
}

const forged = 'if no router of yours has this address, somebody forges: find the port of its MAC';

const texts: Readonly<Record<DifferenceKind, (difference: RouterDifference) => DifferenceText>> = {
  version: ({ heard }) => ({
    severity: 'critical',
    message: `it speaks VRRP version ${heard}, this box version 3: neither hears the other, and both lead`,
    hint: 'keepalived: vrrp_version 3 in global_defs and no authentication block; other makes: VRRPv3',
  }),
  ttl: ({ heard }) => ({
    severity: 'warning',
    message: `its advertisements come with TTL ${heard} in place of 255 and are dropped: somebody forwards or forges them`,
    hint: 'find the router that forwards 224.0.0.18 between the LANs, or the host that forges',
  }),
  checksum: () => ({
    severity: 'warning',
    message: 'the checksum of its advertisements is wrong in either form, and they are dropped',
    hint: 'look for a driver, a tunnel or a NAT rule that changes packets',
  }),
  not_peer: () => ({
    severity: 'critical',
    message: 'it is none of election.vrrp.peers: what it advertises is dropped, and both lead',
    hint: 'add it to election.vrrp.peers of every box, or keep it off this LAN',
  }),
  destination: () => ({
    severity: 'critical',
    message: 'it advertises to this box alone and not to the group, which is dropped: both lead',
    hint: 'election.vrrp.peers with its address here, or no unicast_peer there',
  }),
  interval_zero: () => ({
    severity: 'warning',
    message: 'it advertises an interval of 0, and is dropped',
    hint: forged,
  }),
  malformed: () => ({
    severity: 'warning',
    message: 'its advertisements are malformed, and are dropped',
    hint: 'look at one: tcpdump -vni INTERFACE ip proto 112 or ip6 proto 112',
  }),
  interval: ({ heard, own }) => ({
    severity: 'warning',
    message: `it advertises every ${heard} ms, this box every ${own} ms: how soon a failure is noticed depends on who leads`,
    hint: `advert_int ${Number(own) / 1000} there, or election.vrrp.advertisementInterval: ${heard}ms here`,
  }),
  addresses: ({ heard, own }) => ({
    severity: 'warning',
    message: `it lists ${heard}, this box lists ${own}: keepalived 2.2 drops every list that is not its own, and leads as well`,
    hint: `election.vrrp.addresses here has to have, of this family, exactly ${heard}; or ${own} as virtual_ipaddress there`,
  }),
  checksum_form: ({ heard, own }) => ({
    severity: 'warning',
    message: `its checksum has the form ${heard}, this box is told to send ${own}, which it may drop`,
    hint: 'election.vrrp.checksum: auto',
  }),
  foreign: ({ heard }) => ({
    severity: 'warning',
    message: `it uses the id for other addresses, ${heard}`,
    hint: 'choose other ids (election.vrrp.virtualRouterId); to pair with it, pin the service to the id by lanlord.dev/group',
  }),
  other_id: ({ heard, groups }) => {
    const id = routerOf(groups[0] ?? 0)?.id ?? 0;
    return {
      severity: 'critical',
      message: `it leads ${heard}, which this box has under another id: neither follows the other, and both lead`,
      hint: `lanlord.dev/group: "${id}" at the service, or its virtual_router_id as in lanlord explain leader/ADDRESS`,
    };
  },
  own_address: () => ({
    severity: 'critical',
    message: 'another host sends from this address, which is of this box',
    hint: 'give one of the two another address',
  }),
  owner: () => ({
    severity: 'warning',
    message: 'it claims by priority 255 that the addresses are its own: nobody can take over while it does',
    hint: `priority 254 or less there; ${forged}`,
  }),
  priority: ({ heard }) => ({
    severity: 'info',
    message: `it has the same priority as this box, ${heard}: the greater address wins, by chance`,
    hint: 'another priority there, or election.vrrp.priority here; they should be far apart',
  }),
  stranger: ({ heard }) => ({
    severity: 'warning',
    message: `it advertises like a box of ours, with priority ${heard}, and says no hello`,
    hint: `let UDP port 7112 pass, with the same election.hello.keyFile; ${forged}`,
  }),
};
