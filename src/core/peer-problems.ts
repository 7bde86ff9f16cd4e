// What is wrong between the boxes of a LAN: other addresses, another configuration, one name twice, somebody not heard.
import { formatAddress } from '#model/address.ts';
import { isThere, type Peer, type PeerFindings, type ToldRecords } from '#model/peers.ts';
import type { RunningProblem } from '#model/problem.ts';
import { quote } from '#model/safe-text.ts';

/** A difference that lasts as long is one: until then boxes are busy telling each other, or a reload is under way. */
export const lastingMs = 5000;

export interface PeerSituation {
  readonly self: string;
  readonly generation: number;
  readonly configHash: string;
  readonly peers: readonly Peer[];
  readonly findings: PeerFindings;
}

/** BOUNDED: so many differences are named, the rest is counted. */
const mostNamed = 3;

/** Each is a problem only once it has lasted for `lastingMs`. */
export function peerProblems(situation: PeerSituation): readonly RunningProblem[] {
  const { findings } = situation;
  return [
    ...findings.held.flatMap((held) => splitProblem(findings.own, held)),
    ...situation.peers.flatMap((peer) => configProblem(situation, peer)),
    ...doubleProblems(findings.doubles),
    ...findings.unheard.map((address) => unheard(address)),
    ...findings.faults.map((text) => faultProblem(text)),
    ...situation.peers.flatMap((peer) => lostProblem(peer)),
    ...situation.peers.flatMap((peer) => clockProblem(peer)),
    ...findings.unsigned.map((source) => {
      const message = `${source} says hello without the key of this box, or with one that this box has not: it is not believed`;
      const hint = 'give all boxes the same election.hello.keyFile';
      return { ...peerProblem(`peer/${source}`, 'warning', message), hint };
    }),
  ];
}

function splitProblem(
  own: ToldRecords,
  { node, set, isCurrent }: PeerFindings['held'][number],
): readonly RunningProblem[] {
  if (isCurrent && set?.digest === own.digest) return [];
  const named = set && isCurrent ? differences(own, set) : [];
  const more = named.length > mostNamed ? ` and ${named.length - mostNamed} more` : '';
  const what = named.length === 0 ? 'its records are not known' : `${named.slice(0, mostNamed).join(', ')}${more}`;
  return [
    {
      code: 'ALLOC-SPLIT',
      severity: 'critical',
      object: `node/${node}`,
      message: `${quote(node)} and this node hold different addresses: ${what}`,
      hint: 'let both load the same configuration; lanlord get nodes',
    },
  ];
}

/** By service: what is held there and here. Records that differ only in when or by whom they were given come last. */
function differences(own: ToldRecords, theirs: ToldRecords): readonly string[] {
  const found: string[] = [];
  const lesser: string[] = [];
  for (const [i, bucket] of own.buckets.entries()) {
    const other = theirs.buckets[i];
    if (!other || other.digest === bucket.digest) continue;
    const [here, there] = [byService(bucket), byService(other)];
    for (const service of new Set([...here.keys(), ...there.keys()])) {
      const [mine = 'none', its = 'none'] = [here.get(service), there.get(service)];
      if (mine !== its) found.push(`${service} has ${its} there and ${mine} here`);
      else lesser.push(`${service} has ${mine} on both, since different times or with other sharing`);
    }
  }
  return found.length > 0 ? found : lesser;
}

function byService({ items }: ToldRecords['buckets'][number]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const records = items.flatMap((item) => ('service' in item ? [item] : []));
  for (const [service, some] of Map.groupBy(records, (record) => record.service)) {
    texts.set(
      service,
      some
        .map(({ address }) => formatAddress(address))
        .sort()
        .join(' and '),
    );
  }
  return texts;
}

function configProblem({ self, generation, configHash }: PeerSituation, peer: Peer): readonly RunningProblem[] {
  const isSame = peer.configHash === configHash;
  if (isSame || !isThere(peer) || peer.state === 'joining') return [];
  const message = `${quote(peer.node)} runs another configuration (its generation ${peer.generation}) than ${quote(self)} (generation ${generation})`;
  const hint = 'copy the files and lanlord reload there; lanlord get nodes';
  return [{ code: 'CONF', severity: 'warning', object: `node/${peer.node}`, message, hint }];
}

/** The text names what cannot be used: the key file, or a socket. */
function faultProblem(text: string): RunningProblem {
  const isKey = text.includes('hello.keyFile');
  const hint = isKey ? 'correct the file; until then this box says no hello and hears none' : 'lanlord doctor, the log';
  return { ...peerProblem('hello', 'critical', text), hint };
}

/** A box that has stopped says good-bye, and is not missed. */
function lostProblem(peer: Peer): readonly RunningProblem[] {
  if (peer.state !== 'lost') return [];
  const message = `${quote(peer.node)} is not heard any more: when this box fails, it cannot take over`;
  const hint = `look at ${peer.address ?? peer.node}: is it on, does lanlord run, cable, VLAN, firewall (UDP port 7112)`;
  return [{ code: 'PEER', severity: 'warning', object: `node/${peer.node}`, message, hint }];
}

/** Nothing is decided by wall clocks: what suffers is whoever reads events and logs of both. */
const mostAheadMs = 2000;

function clockProblem({ node, clockAheadMs }: Peer): readonly RunningProblem[] {
  if (clockAheadMs === null || Math.abs(clockAheadMs) < mostAheadMs) return [];
  const seconds = Math.round(Math.abs(clockAheadMs) / 1000);
  const way = clockAheadMs > 0 ? 'ahead of' : 'behind';
  const message = `The clock of ${quote(node)} is ${seconds} s ${way} this node's: times in events and logs of the two do not fit together`;
  return [
    { code: 'SKEW', severity: 'info', object: `node/${node}`, message, hint: 'let both keep time (NTP); timedatectl' },
  ];
}

function doubleProblems(doubles: PeerFindings['doubles']): readonly RunningProblem[] {
  return [...Map.groupBy(doubles, ({ node }) => node)].map(([node, all]) => {
    const places = [...new Set(all.map(({ source, interface: name }) => `${source} on ${name}`))].join(', ');
    const message = `Two boxes are called ${quote(node)}: one of them says so from ${places}`;
    return {
      code: 'NAME',
      severity: 'critical',
      object: `node/${node}`,
      message,
      hint: 'start one of them with another --node',
    };
  });
}

function unheard(address: string): RunningProblem {
  return peerProblem(`peer/${address}`, 'warning', `The configured peer ${address} is not heard`);
}

function peerProblem(object: string, severity: RunningProblem['severity'], message: string): RunningProblem {
  return {
    code: 'PEER',
    severity,
    object,
    message,
    hint: 'cable, VLAN, firewall (UDP port 7112), election.hello.keyFile',
  };
}
