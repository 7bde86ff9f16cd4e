// Who answers for an address: this node by its table, other hosts by what was heard and by what the wire answers now.
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { WireAnswer } from '#model/claims.ts';
import { macProtocol } from '#model/virtual-mac.ts';
import type { DaemonView } from '#ports.ts';
import { leaders } from './leadership.ts';
import type { LeaderItem } from './list-items.ts';
import { apiVersion, type Responder, timestamp, type WhoHasAnswer } from './protocol.ts';

/** `asked`: what the wire answered; null: it was not asked. */
export function whoHasAnswer(
  view: DaemonView,
  address: IpAddress,
  asked: readonly WireAnswer[] | null = null,
): WhoHasAnswer {
  const ip = formatAddress(address);
  const rows = [...leaders(view)].filter((item) => item.ip === ip);
  const held = (view.snapshot?.desired.allocations ?? []).filter(
    (allocation) => formatAddress(allocation.address) === ip,
  );
  const services = new Set([...rows.flatMap((row) => row.services), ...held.map(({ service }) => service)]);
  const selves = rows.flatMap((row): Responder[] => {
    if (row.state !== 'here' && row.state !== 'duplicate') return [];
    const capture = view.captures.find((report) => report.interface === row.interface);
    const answers = capture?.rows.find((one) => one.ip === ip)?.answers ?? 0;
    const self = { node: view.node, mac: row.mac ?? '', interface: row.interface ?? '', kind: 'self' } as const;
    return [{ ...self, source: 'table', ...unheard, since: row.since, count: answers }];
  });
  // Once the wire was asked, another box counts when it answers, not because it should.
  const leading = asked === null ? rows.flatMap(leadingPeer) : [];
  return {
    apiVersion,
    kind: 'WhoHas',
    generatedAt: timestamp(view.nowMs),
    node: view.node,
    ip,
    probed: asked !== null,
    leader: rows.find(({ leader }) => leader !== null)?.leader ?? null,
    responders: merged([...selves, ...leading, ...kernelSelves(view, ip)], heard(view, ip, asked), asked ?? [], view),
    services: [...services].sort(),
    pool: held[0]?.pool ?? null,
    policies: [...new Set(rows.flatMap(({ policies }) => policies))].sort(),
  };
}

/** Addresses of the box's own interfaces: the kernel answers for them, and hears no question of the box itself. */
function kernelSelves(view: DaemonView, ip: string): readonly Responder[] {
  const { interfaces = [], deliveredAddresses } = view.snapshot?.observed ?? {};
  if (deliveredAddresses?.has(ip)) return [];
  return interfaces
    .filter(({ loopback, addresses }) => !loopback && addresses.some((own) => sameAddress(own.address, ip)))
    .map(({ name, mac }) => {
      const self = { node: view.node, mac: mac ?? '', interface: name, kind: 'self' } as const;
      return { ...self, source: 'table', ...unheard, since: null, count: 0 };
    });
}

function sameAddress(text: string, ip: string): boolean {
  const address = parseAddress(text);
  return address !== null && formatAddress(address) === ip;
}

/** The box of ours that leads the row, as it says: a box that stands by knows without asking the wire. */
function leadingPeer({ leader: node, interface: name, mac, state, since }: LeaderItem): Responder[] {
  if (state !== 'standby' || name === null || mac === null) return [];
  return [{ node, mac, interface: name, kind: 'peer', source: 'table', ...unheard, since, count: 0 }];
}

const unheard = { rttSeconds: null, firstSeen: null, lastSeen: null, protocol: null };

/** Other hosts that were heard lately. Once the wire was asked, only those count that still answer. */
function heard(view: DaemonView, ip: string, asked: readonly WireAnswer[] | null): readonly Responder[] {
  const { duplicates = [], quarantine = [] } = view.claims ?? {};
  const claims = duplicates.filter(({ address }) => formatAddress(address) === ip);
  const kept = quarantine.filter(({ address }) => formatAddress(address) === ip);
  const found = [
    ...claims.map((claim) => ({ ...claim, firstMs: claim.firstMs, lastMs: claim.lastMs })),
    ...kept.map(({ sinceMs, ...entry }) => {
      // Claims in use are counted where they are heard, answers to this question included; these are not.
      const answers = asked?.find(({ mac }) => mac === entry.mac)?.count ?? 0;
      return { ...entry, count: 1 + answers, firstMs: sinceMs, lastMs: sinceMs };
    }),
  ];
  return found
    .filter(({ mac }) => asked === null || asked.some((answer) => answer.mac === mac))
    .map(({ mac, interface: name, count, firstMs, lastMs }) => ({
      ...whoIs(view, mac),
      mac,
      interface: name,
      source: 'wire',
      rttSeconds: null,
      since: timestamp(firstMs),
      count,
      firstSeen: timestamp(firstMs),
      lastSeen: timestamp(lastMs),
      protocol: macProtocol(mac),
    }));
}

/** One responder per MAC and interface; what the wire answered adds times, and hosts that nobody knew of. */
function merged(
  selves: readonly Responder[],
  strangers: readonly Responder[],
  asked: readonly WireAnswer[],
  view: DaemonView,
): readonly Responder[] {
  const now = timestamp(view.nowMs);
  const known = [...selves, ...strangers].map((responder) => {
    const answer = asked.find(({ mac }) => mac === responder.mac);
    if (!answer) return responder;
    const lastSeen = responder.kind === 'self' ? null : now;
    return { ...responder, rttSeconds: answer.rttSeconds, lastSeen };
  });
  const fresh = asked.filter(({ mac }) => !known.some((responder) => responder.mac === mac));
  return [
    ...known,
    ...fresh.map(({ mac, interface: name, rttSeconds, count }): Responder => {
      const who = whoIs(view, mac);
      const isSelf = who.kind === 'self';
      return {
        ...who,
        mac,
        interface: name,
        source: 'wire',
        rttSeconds,
        since: now,
        count,
        firstSeen: isSelf ? null : now,
        lastSeen: isSelf ? null : now,
        protocol: macProtocol(mac),
      };
    }),
  ];
}

/** Whose MAC it is: this box's, another one's of ours, or a stranger's. */
function whoIs(view: DaemonView, mac: string): Pick<Responder, 'node' | 'kind'> {
  if (view.snapshot?.observed.interfaces.some((link) => link.mac === mac)) return { node: view.node, kind: 'self' };
  const peer = view.peers?.find(({ macs }) => macs.includes(mac));
  return peer ? { node: peer.node, kind: 'peer' } : { node: null, kind: 'stranger' };
}
