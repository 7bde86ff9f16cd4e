// One outcome per service, from what the ledger holds and what is missing.
import type { Family, IpAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Memory, ServiceOutcome } from '#model/snapshot.ts';
import type { Remembered } from './allocate.ts';
import type { Ledger } from './ledger.ts';
import type { PoolBook } from './pool-book.ts';
import type { ServiceRound } from './round.ts';
import { type ServiceFacts, sortedAddresses, type WantedFamily } from './service-facts.ts';
import { oursBefore, serviceOutcome } from './service-outcome.ts';

export interface VerdictInput {
  readonly rounds: readonly ServiceRound[];
  readonly book: PoolBook;
  readonly ledger: Ledger;
  readonly reasons: ReadonlyMap<string, readonly Reason[]>;
  readonly memory: Memory;
  readonly remembered: Remembered;
  readonly wasActive: boolean;
}

/** In the order of `rounds`. */
export function serviceVerdicts(input: VerdictInput): readonly ServiceOutcome[] {
  const { rounds, book, ledger, reasons, memory, remembered, wasActive } = input;
  const dormant = book.uses.length === 0;
  return rounds.map(({ facts, families, notHandled }) => {
    const addresses = inOrder(facts, ledger);
    return serviceOutcome({
      facts,
      notHandled,
      families: familyNames(families),
      addresses,
      reasons: reasons.get(facts.key) ?? none,
      selected: addresses.length > 0 || book.uses.some(({ state }) => state.selects(facts)),
      ours: () => oursBefore(facts.key, memory, remembered),
      dormant,
      wasActive,
    });
  });
}

const none: readonly Reason[] = [];
const names = new WeakMap<readonly WantedFamily[], readonly Family[]>();

function familyNames(families: readonly WantedFamily[]): readonly Family[] {
  let list = names.get(families);
  if (!list) {
    list = families.map(({ family }) => family);
    names.set(families, list);
  }
  return list;
}

/** IPv4 before IPv6; requested addresses in the order of the request, others by number. */
function inOrder(facts: ServiceFacts, ledger: Ledger): readonly IpAddress[] {
  const held = sortedAddresses(ledger.holdings(facts).map(({ address }) => address));
  if (held.length < 2 || facts.requests.length === 0) return held;
  const isHeld = (wish: { readonly address: IpAddress }) =>
    held.some(({ family, value }) => family === wish.address.family && value === wish.address.value);
  const requested = facts.requests.filter(isHeld).map(({ address }) => address);
  return [
    ...requested.filter(({ family }) => family === 'IPv4'),
    ...requested.filter(({ family }) => family === 'IPv6'),
  ];
}
