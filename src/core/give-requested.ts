// The addresses a service asks for by name: each is given or refused with its reason.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { closedReason } from './closed-reason.ts';
import { inUse } from './node-address.ts';
import { isClosed } from './pool-use.ts';
import { give, type Round, type ServiceRound } from './round.ts';
import type { SharedIndex } from './shared-index.ts';

/** Gives what can be given; the reasons of the rest, IPv4 first, then in the order written. */
export function giveRequested(round: Round, shared: SharedIndex, service: ServiceRound): readonly Reason[] {
  const { facts } = service;
  const held = { IPv4: new Set<bigint>(), IPv6: new Set<bigint>() };
  for (const { address } of round.ledger.holdings(facts)) held[address.family].add(address.value);
  const refused: { readonly address: IpAddress; readonly reason: Reason }[] = [];
  for (const { address, text } of facts.requests) {
    if (held[address.family].has(address.value)) continue;
    // A request is a set, and may list a whole pool.
    held[address.family].add(address.value);
    const reason = unwantedFamily(service, address, text) ?? giveOne(round, shared, service, address);
    if (reason) refused.push({ address, reason });
  }
  const ipv4 = refused.filter(({ address }) => address.family === 'IPv4');
  const ipv6 = refused.filter(({ address }) => address.family === 'IPv6');
  return [...ipv4, ...ipv6].map(({ reason }) => reason);
}

function unwantedFamily({ families }: ServiceRound, { family }: IpAddress, text: string): Reason | null {
  const wanted = families.find((entry) => entry.family === family);
  if (!wanted) return { code: 'invalid_request', value: text, why: `the service does not ask for ${family}` };
  return wanted.enabled ? null : { code: 'family_disabled', family };
}

function giveOne(round: Round, shared: SharedIndex, { facts }: ServiceRound, address: IpAddress): Reason | null {
  const text = formatAddress(address);
  const use = round.book.containing(address).find(({ isOpen }) => isOpen);
  if (!use) return { code: 'no_pool', address: text };
  if (!use.state.selects(facts)) return { code: 'pool_selector_mismatch', address: text, pool: use.state.name };
  const own = round.node.own.get(address);
  if (own !== undefined) return { code: 'own_address', address: text, interface: own };
  const taken = round.node.taken.get(address);
  if (taken) return inUse(text, taken);
  const slot = round.ledger.slot(address);
  if (slot) {
    const obstacle = round.ledger.obstacle(slot, facts);
    if (!obstacle) {
      give(round, facts, address, use.state, 'shared');
      return null;
    }
    if (facts.sharing.key === '') return { code: 'already_allocated', address: text, holder: obstacle.holder };
    return { code: 'already_allocated_incompatible_service', address: text, ...obstacle };
  }
  const other = round.ledger.reservations.against(address, facts);
  if (other) return { code: 'reserved_by_peer', address: text, service: other.service, node: other.by };
  const closed = isClosed(use, address) ? closedReason(use.state, round.node, address) : null;
  if (closed) return closed;
  shared.add(give(round, facts, address, use.state, 'requested'));
  return null;
}
