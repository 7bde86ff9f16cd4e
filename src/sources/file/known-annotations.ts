// Annotations that are read, per kind: what they mean and what they take. The reference page is made from this table.

export interface KnownAnnotation {
  readonly meaning: string;
  /** For messages: "it takes …". Empty: any text. */
  readonly takes: string;
}

const list = 'a comma list of addresses, CIDRs and ranges';
const addresses = 'a comma list of addresses';
const truth = '"true" or "false"';
const key = 'any text';

/** Older and foreign names of these are in `#core/annotation.ts`; they count, without a word here. */
export const knownAnnotations: Readonly<Record<string, Readonly<Record<string, KnownAnnotation>>>> = {
  CiliumLoadBalancerIPPool: {
    'lanlord.dev/priority': {
      meaning: 'Pools with a higher number are tried first; 0 without it',
      takes: 'a whole number, higher first',
    },
    'lanlord.dev/exclude': {
      meaning: 'Never handed out; they count as used. An entry that cannot be read makes the pool invalid',
      takes: list,
    },
    'lanlord.dev/reuse': {
      meaning: 'Which free address goes first: the lowest one, or the one that was given back longest ago',
      takes: 'lowest or oldest',
    },
    'lanlord.dev/allow-special': {
      meaning: 'Hands out network, broadcast and gateway addresses of subnets of this box, too',
      takes: truth,
    },
  },
  CiliumL2AnnouncementPolicy: {
    'lanlord.dev/off-link': {
      meaning: 'Announce on an interface none of whose subnets holds the address; denied without it',
      takes: 'allow or deny',
    },
    'lanlord.dev/virtual-router-id': {
      meaning: 'Virtual router ids of the addresses that this policy alone selects, with `election.mode: vrrp`',
      takes: 'ids such as "200+8" (eight from 200 on), within 1 to 255',
    },
  },
  Service: {
    'lbipam.cilium.io/ips': { meaning: 'Addresses that the service asks for', takes: addresses },
    'lbipam.cilium.io/sharing-key': {
      meaning: 'Services with the same key may share an address when their ports differ',
      takes: key,
    },
    'lbipam.cilium.io/sharing-cross-namespace': {
      meaning: 'Namespaces whose services may share with this one; `*` for all',
      takes: 'a comma list of namespaces',
    },
    'lbipam.cilium.io/sharing-permit-different-pods': {
      meaning: 'Services with externalTrafficPolicy Local may share although their selectors differ',
      takes: truth,
    },
    'metallb.io/address-pool': { meaning: 'The pool that the address has to come from', takes: 'a name of a pool' },
    'lanlord.dev/group': {
      meaning: 'The virtual router id of the addresses of this service, with `election.mode: vrrp`',
      takes: 'a number from 1 to 255',
    },
  },
};
