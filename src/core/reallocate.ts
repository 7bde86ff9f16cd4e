// The allocating half of a round in which only services changed: what they touch is decided again, the rest stands.
import type { PeerRecord } from '#model/records.ts';
import type { EvaluateOptions, Observed } from '#model/snapshot.ts';
import { giveMissing, holdAgain } from './allocate.ts';
import { type Allocated, peersOf, serviceRound, wasActive } from './allocated.ts';
import { compareEntries, type Entry, type EntryContext, entryOf } from './entry.ts';
import { mergeSorted } from './merge-sorted.ts';
import { type NodeAddresses, nodeAddresses } from './node-address.ts';
import type { PeerIndex } from './peer-index.ts';
import { type PeerNews, peerNews, takeNews } from './peer-news.ts';
import { poolOutcomes } from './pool-outcome.ts';
import type { Round, ServiceRound } from './round.ts';
import { sameData } from './same-data.ts';
import { serviceChanges } from './service-changes.ts';
import { serviceFacts } from './service-facts.ts';
import { sorted } from './sorted.ts';
import type { EntryChanges, Standing } from './standing.ts';

/** Beyond this part of all services it is cheaper to decide everything again. */
const mostChanged = 1 / 4;

/**
 * The same as `allocateAll`, or null when more than services changed. Why the rest can stand: a round keeps every holder
 * whose claim is valid, and validity follows from the pools, the options, the node's addresses and the service itself,
 * all of which are the same. Holders of one address fit together pair by pair, so that one that goes harms nobody; one
 * that comes is looked at after all that stay. Who waits is asked again, because an address may have become free.
 */
export function reallocate(standing: Standing, observed: Observed): Allocated | null {
  const node = nodeAddresses(observed);
  if (!isSameGround(standing, observed, node)) return null;
  const delta = serviceDelta(standing, observed);
  const news = delta && peerNews(standing, observed, delta.names);
  if (!delta || !news) return null;
  const { book, ledger, byKey, states, desired } = standing;
  const changes = decide(standing, observed, node, delta, news);
  for (const { facts } of changes.gone) byKey.delete(facts.key);
  for (const entry of changes.come) byKey.set(entry.facts.key, entry);
  const entries = mergeSorted(standing.entries, changes.gone, changes.come, compareEntries);
  const pools = poolOutcomes(book, ledger.takeChanges(), desired.pools);
  const isSame = changes.gone.length + changes.come.length === 0;
  const allocations = isSame ? desired.allocations : entries.flatMap(({ records }) => records);
  return { node, states, book, ledger, entries, byKey, pools, allocations, changes };
}

/** Entries that fall, and those that come or stand in their place. */
function decide(
  standing: Standing,
  observed: Observed,
  node: NodeAddresses,
  delta: Delta,
  news: PeerNews,
): EntryChanges {
  const { book, ledger } = standing;
  const { memory, options } = observed;
  book.startRound(memory.released ?? []);
  const remembered = new Map(delta.gone.map(({ facts, records }) => [facts.key, records]));
  const isReleased = release(standing, delta);
  const isFreed = takeNews(standing, news) || isReleased;
  const round: Round = { book, ledger, node, nowMs: options.nowMs, adoptStatus: false, ...peersOf(observed) };
  const handled = delta.come.filter(({ notHandled }) => notHandled === null);
  const strangers = strangersIn(delta, handled, round.peers);
  holdAgain(round, { services: handled, strangers, memory, remembered });
  const gone = new Set(delta.gone);
  const open = standing.entries.filter((entry) => mayChange(entry, isFreed) && !gone.has(entry));
  const waiting: readonly ServiceRound[] = open.filter(({ missing }) => missing.length > 0);
  const missing = giveMissing(round, mergeSorted(waiting, [], handled, compareEntries));
  const context: EntryContext = { book, ledger, memory, remembered, wasActive: true };
  const come = delta.come.map((service) => entryOf(service, missing.get(service.facts), context));
  for (const entry of open) {
    const lacks = missing.get(entry.facts) ?? [];
    if (isSameResult(entry, lacks, ledger.holdings(entry.facts).length)) continue;
    gone.add(entry);
    come.push(entryOf(entry, lacks, { ...context, remembered: new Map([[entry.facts.key, entry.records]]) }));
  }
  return { gone: [...gone], come: sorted(come, compareEntries) };
}

/** Records of those that were decided before and are not any more: other boxes hold their addresses still. */
function strangersIn(
  { names }: Delta,
  handled: readonly ServiceRound[],
  peers: PeerIndex | null,
): readonly PeerRecord[] {
  if (!peers) return [];
  const known = new Set(handled.map(({ facts }) => facts.key));
  return [...names].flatMap((name) => (known.has(name) ? [] : peers.of(name)));
}

/** Whoever goes, or comes back as another, gives its addresses back. True when there were any. */
function release({ book, ledger }: Standing, { gone }: Delta): boolean {
  let isFreed = false;
  for (const { facts } of gone) {
    for (const { address, pool } of ledger.release(facts)) {
      book.giveBack(address, pool);
      isFreed = true;
    }
  }
  return isFreed;
}

/** Pools, options and the node's addresses decide about everybody. */
function isSameGround(standing: Standing, { inputs, options, memory }: Observed, node: NodeAddresses): boolean {
  const before = standing.observed;
  return (
    !options.adoptStatus &&
    wasActive(memory) &&
    standing.states.length > 0 &&
    standing.entries.length === before.inputs.services.length &&
    sameOptions(before.options, options) &&
    sameData(before.inputs.pools, inputs.pools) &&
    sameNode(standing.node, node)
  );
}

/** Apart from the time, and from what counts in the first round only. */
export function sameOptions(a: EvaluateOptions, b: EvaluateOptions): boolean {
  return sameData({ ...a, nowMs: 0, adoptStatus: false }, { ...b, nowMs: 0, adoptStatus: false });
}

function sameNode(a: NodeAddresses, b: NodeAddresses): boolean {
  return (
    sameData(a.ownRanges, b.ownRanges) &&
    sameData(a.own.values(), b.own.values()) &&
    sameData(a.specialRanges, b.specialRanges) &&
    sameData(a.special.values(), b.special.values()) &&
    sameData(a.takenRanges, b.takenRanges) &&
    sameData(a.taken.values(), b.taken.values()) &&
    sameData(a.foreign.values(), b.foreign.values())
  );
}

interface Delta {
  /** Of all that differ. */
  readonly names: ReadonlySet<string>;
  readonly gone: readonly Entry[];
  /** In the order in which they compete. */
  readonly come: readonly ServiceRound[];
}

/** Null: too many, or two of one name. */
function serviceDelta({ observed: before, byKey, entries }: Standing, { inputs, options }: Observed): Delta | null {
  const { gone, come } = serviceChanges(before.inputs.services, inputs.services);
  if (gone.length + come.length > 64 + entries.length * mostChanged) return null;
  const left = gone.flatMap((service) => byKey.get(serviceFacts(service).key) ?? []);
  const leaving = new Set(left.map(({ facts }) => facts.key));
  const facts = come.map(serviceFacts);
  const names = new Set(facts.map(({ key }) => key));
  const isTwice = names.size < facts.length || facts.some(({ key }) => byKey.has(key) && !leaving.has(key));
  if (isTwice) return null;
  return {
    names: names.union(leaving),
    gone: left,
    come: sorted(
      facts.map((one) => serviceRound(one, options)),
      compareEntries,
    ),
  };
}

/** A service that waits for any address, without a key to share under, has nothing to hope for until one is free. */
function mayChange({ facts, missing, isPassing }: Entry, isFreed: boolean): boolean {
  if (isPassing) return true;
  return missing.length > 0 && (isFreed || facts.requests.length > 0 || facts.sharing.key !== '');
}

function isSameResult({ missing, records, isPassing }: Entry, reasons: Entry['missing'], held: number): boolean {
  return !isPassing && records.length === held && sameData(missing, reasons);
}
