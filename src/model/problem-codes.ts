// Every code of a running problem: what it means and what to do. The reference page is made from this table.

/** Codes are stable: never re-use one, never change what it means. A new code needs a row. */
export const problemCodes = {
  DUP: {
    meaning: 'Another host claims an address that this box answers for; clients reach whoever was heard last',
    todo: 'Find the MAC and give that host another address; `lanlord who-has ADDRESS --probe`',
  },
  'PROXY-ARP': {
    meaning: 'A MAC answers for addresses that nobody has (sure), or for many of a pool (suspected)',
    todo: 'Switch proxy ARP off on that router for this LAN; until then conflicts with it cannot be told',
  },
  NOBODY: {
    meaning: 'A policy wants this address here, but nobody answers for it',
    todo: '`lanlord explain ip/ADDRESS` names the step that fails',
  },
  OWN: {
    meaning: 'The address is configured on an interface of this box: the kernel answers for it, lanlord does not',
    todo: 'Remove it from the interface, or request another one',
  },
  FULL: {
    meaning: 'More addresses than `limits.addresses` are announced on an interface; those beyond it are not answered',
    todo: 'Raise `limits.addresses` of the NodeConfig',
  },
  'ALLOC-SPLIT': {
    meaning: 'Boxes on a LAN hold different addresses for their services for more than 5 seconds',
    todo: 'Let all boxes load the same configuration; `lanlord get nodes`, `lanlord get ips` on both',
  },
  CONF: {
    meaning: 'Another box runs a configuration that declares something else',
    todo: 'Copy the files, `lanlord reload` there; `lanlord get nodes` shows the generations',
  },
  SKEW: {
    meaning:
      'The clock of another box is 2 seconds or more off this one: no decision depends on it, but times do not fit together',
    todo: 'Let both keep time (NTP); `lanlord get nodes -o wide` shows how far it is off',
  },
  NAME: {
    meaning: 'Two boxes have the same name, so that the others hear one of them only',
    todo: 'Give one of them another name: `--node NAME`, or node.name of its NodeConfig',
  },
  PEER: {
    meaning: 'A box that should be heard is not, or one is heard that has another key; or hellos cannot be said',
    todo: 'Look at cable, VLAN, firewall (UDP port 7112), `election.hello.keyFile` and the clock of both',
  },
  ELECTION: {
    meaning: 'The configured election mode is not available in this version: the box answers as if it were alone',
    todo: 'Write `election.mode: vrrp`; or `solo`, and let only one box announce',
  },
  GROUP: {
    meaning:
      'Virtual router ids collide, run out or cannot be read, so that addresses have no group, or not the pinned one',
    todo: '`lanlord check PATH` prints who has which ids; change `lanlord.dev/group` or `lanlord.dev/virtual-router-id`',
  },
  VRRP: {
    meaning:
      'Another virtual router on the LAN is set up otherwise than this box, so that they may not hear each other',
    todo: 'The hint says what to change on which side; `lanlord explain leader/ADDRESS`, `lanlord get leaders -o wide`',
  },
  CAP: {
    meaning: 'Capture on a selected interface is denied, so nothing is answered there',
    todo: 'Grant CAP_NET_RAW (see the unit file); `lanlord doctor`',
  },
  DRAINED: {
    meaning: 'Somebody drained this box: it is no candidate for any address',
    todo: '`lanlord undrain`; `lanlord events --filter kind:action` says who did it',
  },
  'STALE-CFG': {
    meaning: 'The configuration on disk was refused or is gone; the last good one goes on running',
    todo: '`lanlord check PATH`, correct the file, `lanlord reload`',
  },
  STATE: {
    meaning: 'The state directory cannot be written (critical), or a damaged file was replaced (warning)',
    todo: 'Make the directory writable and give it space; look at the disk; `lanlord get ips` shows what is held',
  },
  DELIVERY: {
    meaning: '`delivery: local` could not bind an address or change a kernel setting',
    todo: 'Grant CAP_NET_ADMIN (`config/delivery-local.conf`); `lanlord doctor`',
  },
  NODELIVERY: {
    meaning: 'An address is announced, but nothing on this box accepts or forwards its traffic, as far as it can tell',
    todo: 'Set `delivery: local`, or bind, route or redirect the address; `lanlord explain ip/ADDRESS`',
  },
  BUG: {
    meaning: 'An internal error; the last good state goes on',
    todo: 'Report it, with the log',
  },
  LINK: {
    meaning: 'A selected interface, or one of `election.track`, is down, has no carrier, or is gone',
    todo: '`ip link show NAME`; it is used again by itself when it comes back',
  },
  PEND: {
    meaning: 'A service of type LoadBalancer lacks an address',
    todo: '`lanlord explain svc/NAMESPACE/NAME` says which pool refuses it and why',
  },
  POOL: {
    meaning: 'At least 90 % of the addresses of a pool are in use',
    todo: 'Add a block',
  },
  OVERLAP: {
    meaning: 'A pool overlaps an older one, or itself, and hands out nothing new',
    todo: 'Make the blocks disjoint',
  },
  INVALID: {
    meaning: 'A pool or policy has a part that cannot be used; its last good version of that part counts',
    todo: '`lanlord check PATH` names file, line and column',
  },
  FOREIGN: {
    meaning:
      'The files have objects of MetalLB, which lanlord does not read: they give no address and announce nothing',
    todo: '`lanlord check PATH` says what to write in the place of each; then take them out',
  },
  NOTE: {
    meaning: 'Something in a manifest is taken otherwise than it is written; nothing is broken',
    todo: 'Read it once; `lanlord check PATH` names the place where it can',
  },
} as const;

export type ProblemCode = keyof typeof problemCodes;
