// What telling changes costs the daemon's main thread: milliseconds per set of changes, by kind, with every kind read by
// somebody. CSV out. 10,000 services unless told otherwise.
//
//   bun bench/stream.ts [SERVICES]
import { StreamBook } from '#control/stream-book.ts';
import type { BookKind } from '#control/stream-rows.ts';
import { changePieces } from '#control/stream-texts.ts';
import { evaluate } from '#core/evaluate.ts';
import { observe } from '#core/observe.ts';
import { formatAddress } from '#model/address.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { Memory, Snapshot } from '#model/snapshot.ts';
import type { CaptureReport } from '#ports.ts';
import { capture, daemonView } from '../test/support/daemon-view.ts';
import { inputs, memory, networkInterface, policy, pool, service } from '../test/support/objects.ts';
import { median } from './bed.ts';

const count = Number(process.argv[2] ?? 10_000);
const repeats = 7;
const kinds: readonly BookKind[] = [
  'status',
  'pools',
  'ips',
  'services',
  'leaders',
  'announcements',
  'policies',
  'nodes',
  'interfaces',
  'problems',
];

let services = Array.from({ length: count }, (_, i) => service(`ns/s${i}`));
const blue = pool('blue', '10.0.0.0/14');
const lan = policy('lan', { interfaces: ['^eth'] });
const eth0 = networkInterface('eth0', { addresses: [{ family: 'IPv4', address: '10.0.0.1', prefixLength: 14 }] });
let remembered: Memory = memory();
let revision = 0;

function round(): Snapshot {
  const observed = observe({
    inputs: inputs({ services, pools: [blue], policies: [lan] }),
    config: defaultNodeConfig('edge-1'),
    nodeName: 'edge-1',
    interfaces: [eth0],
    deliveredAddresses: new Set(),
    leadership: { kind: 'all' },
    memory: remembered,
    adoptStatus: false,
    nowMs: 1,
    quarantine: [],
  });
  const desired = evaluate(observed);
  remembered = desired.memory;
  return { revision: ++revision, observed, desired };
}

function answered(snapshot: Snapshot, answers: number): CaptureReport['rows'] {
  const { announcements } = snapshot.desired;
  return announcements.map(({ address }) => ({ ip: formatAddress(address), answers, sinceMs: 1, generation: 1 }));
}

/** What the daemon hands out as the same objects while nothing changes. */
const still = { problems: [], leading: new Map() };
const books = kinds.map((kind) => new StreamBook(kind, '/run/lanlord/admin.sock'));

/** Milliseconds and rows told, by kind. */
async function tell(snapshot: Snapshot, answers: number) {
  const captures = [capture({ rows: answered(snapshot, answers), answers: answers * count })];
  const view = daemonView({ snapshot, captures, ...still });
  const costs = new Map<BookKind, { readonly ms: number; readonly rows: number }>();
  for (const book of books) {
    const begin = performance.now();
    const changes = await book.update(view);
    changePieces(book.kind, changes, revision);
    costs.set(book.kind, { ms: performance.now() - begin, rows: changes.length });
  }
  return costs;
}

const situations: Readonly<Record<string, () => Snapshot | null>> = {
  nothing_changed: () => null,
  one_service_edited() {
    const at = Math.floor(count / 2);
    services = services.slice();
    services[at] = service(`ns/s${at}`, { labels: { edit: String(revision) } });
    return round();
  },
  every_row_answered: () => null,
};

let snapshot = round();
const first = await tell(snapshot, 0);
console.log('situation,kind,ms,rows');
for (const [kind, { ms, rows }] of first) console.log(`first,${kind},${ms.toFixed(2)},${rows}`);
let answers = 0;
for (const [name, happen] of Object.entries(situations)) {
  const runs: Map<BookKind, { readonly ms: number; readonly rows: number }>[] = [];
  for (let i = 0; i < repeats; i++) {
    snapshot = happen() ?? snapshot;
    if (name === 'every_row_answered') answers++;
    runs.push(await tell(snapshot, answers));
  }
  let total = 0;
  for (const kind of kinds) {
    const ms = median(runs.map((run) => run.get(kind)?.ms ?? 0));
    total += ms;
    console.log(`${name},${kind},${ms.toFixed(2)},${runs.at(-1)?.get(kind)?.rows}`);
  }
  console.log(`${name},all,${total.toFixed(2)},`);
}
