// What other boxes hold now and did not before, as far as a round can take it in without deciding everything again.
import type { IpAddress } from '#model/address.ts';
import type { PeerRecord, PeerRecords } from '#model/records.ts';
import type { Allocation, Observed } from '#model/snapshot.ts';
import { listChanges } from './list-changes.ts';
import { compareGiven } from './merge-records.ts';
import { peerIndex } from './peer-index.ts';
import { excludes } from './reservations.ts';
import type { Standing } from './standing.ts';

export interface PeerNews {
  /** Services of this box whose reservations are found anew. */
  readonly names: ReadonlySet<string>;
  readonly gone: readonly PeerRecord[];
  readonly come: readonly PeerRecord[];
}

/** Beyond so many it is cheaper to decide everything again. */
const mostNews = 1024;

/**
 * Null: it may change who holds what. Harmless is a record of what its service holds here, given at the same time or
 * later, and one of a service that is not handled here, as long as nobody here has the address. `names`: services that
 * are decided again anyway.
 */
export function peerNews(standing: Standing, observed: Observed, names: ReadonlySet<string>): PeerNews | null {
  const before = standing.observed.peers;
  const after = observed.peers;
  if ((before === undefined) !== (after === undefined) || !isCalm(standing)) return null;
  if (!before || !after) return { names, gone: [], come: [] };
  if ([...names].some((name) => hasRival(standing, after, name))) return null;
  if (before.records === after.records) return { names, gone: [], come: [] };
  const { gone, come } = listChanges(before.records, after.records);
  if (gone.length + come.length > mostNews) return null;
  const others = ({ service }: PeerRecord) => !names.has(service);
  const fresh = come.filter(others).filter((record) => !isHeldHere(standing, record));
  if (fresh.some((record) => isHandled(standing, record) || standing.ledger.slot(record.address))) return null;
  return { names, gone: gone.filter(others), come: fresh };
}

/** Takes the news in; whether addresses are free that were not. */
export function takeNews({ ledger, book }: Standing, { names, gone, come }: PeerNews): boolean {
  const { reservations } = ledger;
  const dropped = [...names].flatMap((name) => reservations.remove(name));
  const freed = [...dropped, ...gone.flatMap((record) => reservations.remove(record.service, record))];
  for (const record of come) reservations.add(record);
  for (const { address } of freed) book.reopen(address);
  return freed.length > 0;
}

/** No record lost here that another change could bring back, and no address is held here for one and there for another. */
function isCalm({ ledger }: Standing): boolean {
  return !ledger.reservations.isDisputed && !ledger.isContested();
}

/** An address of this service, here or there, that other boxes have for another one, or this box: the earlier one wins. */
function hasRival(standing: Standing, peers: PeerRecords, name: string): boolean {
  const { ledger, byKey } = standing;
  const index = peerIndex(peers);
  const isOther = (record: PeerRecord) => record.service !== name && !holderHere(standing, record);
  const isReserved = ({ address }: Pick<PeerRecord, 'address'>) => index.at(address).some(isOther);
  const isTaken = (record: PeerRecord) =>
    ledger.slot(record.address)?.holders.some((holder) => excludes(record, holder)) === true;
  if (byKey.get(name)?.records.some(isReserved)) return true;
  return index.of(name).some((record) => isReserved(record) || isTaken(record));
}

function isHandled({ byKey }: Standing, { service }: PeerRecord): boolean {
  return byKey.get(service)?.notHandled === null;
}

function isHeldHere(standing: Standing, record: PeerRecord): boolean {
  const own = holderHere(standing, record);
  return (
    own !== undefined &&
    compareGiven({ sinceMs: own.sinceMs, node: own.node ?? standing.observed.node.name }, record) <= 0
  );
}

function holderHere({ byKey }: Standing, { service, address }: PeerRecord): Allocation | undefined {
  return byKey.get(service)?.records.find((own) => same(own.address, address));
}

function same(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}
