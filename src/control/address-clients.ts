// Who asked for an address lately, and which MAC each of them holds for it, as far as their questions and our answers tell.
// Read RFC 4861 §7.3 and RFC 1122 §2.3.2.1 before changing this file.
import type { TrafficFrame } from '#model/traffic-frame.ts';
import type { WhoHasAnswer } from './protocol.ts';

export interface AddressClient {
  readonly ip: string;
  readonly mac: string;
  readonly interface: string;
  /** RFC 3339, UTC. */
  readonly firstAsked: string;
  readonly lastAsked: string;
  /** Questions. */
  readonly count: number;
  /** The MAC that it holds for the address, at `evidenceAt`; null: not seen from here. */
  readonly holds: string | null;
  /**
   * `answered`: we answered it. `unicast`: it asked that MAC alone whether it is still there, as hosts do with an entry that
   * they use. `broadcast`: it asked everybody, and who answered was not seen here.
   */
  readonly evidence: 'answered' | 'unicast' | 'broadcast';
  readonly evidenceAt: string;
  /**
   * `current`: what it holds is the MAC of the leader. `stale`: another one, although the leader has led since before.
   * `unknown`: neither is to be seen from here.
   */
  readonly state: 'current' | 'stale' | 'unknown';
}

/** Who should be reached: the leader's MAC on an interface, and since when. */
type Leading = Pick<WhoHasAnswer['responders'][number], 'mac' | 'interface' | 'since'>;

/**
 * @param frames about the address, oldest first
 * @returns the latest asker first. Hosts that probe whether the address is free are none.
 */
export function addressClients(
  frames: readonly TrafficFrame[],
  { ip, leader, responders }: Pick<WhoHasAnswer, 'ip' | 'leader' | 'responders'>,
): readonly AddressClient[] {
  const clients = new Map<string, Omit<AddressClient, 'state'>>();
  for (const frame of frames) {
    if (isQuestion(frame, ip)) heard(clients, frame);
    else if (isAnswer(frame, ip)) answered(clients, frame);
  }
  const leading = responders.filter(({ kind, node }) => kind !== 'stranger' && node === leader);
  return [...clients.values()].toReversed().map((client) => ({ ...client, state: stateOf(client, leading) }));
}

function isQuestion({ direction, operation, target }: TrafficFrame, ip: string): boolean {
  return direction === 'in' && operation === 'request' && target === ip;
}

function isAnswer({ direction, operation, ip: about, destination }: TrafficFrame, ip: string): boolean {
  return direction === 'out' && operation === 'reply' && about === ip && !isGroup(destination);
}

/** Broadcast is the group of all. */
function isGroup(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}

/** Whoever asked last comes last. */
function heard(clients: Map<string, Omit<AddressClient, 'state'>>, frame: TrafficFrame): void {
  const mac = frame.senderMac ?? frame.source;
  const ip = frame.sender ?? '-';
  const key = `${frame.interface} ${mac} ${ip}`;
  const before = clients.get(key);
  const isUnicast = !isGroup(frame.destination);
  clients.delete(key);
  clients.set(key, {
    ip,
    mac,
    interface: frame.interface,
    firstAsked: before?.firstAsked ?? frame.time,
    lastAsked: frame.time,
    count: (before?.count ?? 0) + 1,
    holds: isUnicast ? frame.destination : null,
    evidence: isUnicast ? 'unicast' : 'broadcast',
    evidenceAt: frame.time,
  });
}

/** The one of its addresses that asked last was answered. */
function answered(clients: Map<string, Omit<AddressClient, 'state'>>, frame: TrafficFrame): void {
  const asker = [...clients].findLast(
    ([, { mac, interface: name }]) => mac === frame.destination && name === frame.interface,
  );
  if (!asker) return;
  const [key, client] = asker;
  clients.set(key, { ...client, holds: frame.source, evidence: 'answered', evidenceAt: frame.time });
}

function stateOf(client: Omit<AddressClient, 'state'>, leading: readonly Leading[]): AddressClient['state'] {
  const leader = leading.find(({ interface: name }) => name === client.interface);
  if (leader === undefined || client.holds === null) return 'unknown';
  if (client.holds === leader.mac) return 'current';
  // What it held before the take-over may have been corrected by the announcements since.
  const isSince = leader.since !== null && Date.parse(client.evidenceAt) > Date.parse(leader.since);
  return isSince ? 'stale' : 'unknown';
}

/** For people, beside the name of the client. */
export function clientText({ state, holds, evidence }: AddressClient): string {
  if (state === 'current') return evidence === 'answered' ? "was given the leader's MAC" : "has the leader's MAC";
  if (state === 'stale') return `STALE: still has ${holds}`;
  return holds === null ? 'unknown (answer not seen here)' : `unknown (had ${holds})`;
}
