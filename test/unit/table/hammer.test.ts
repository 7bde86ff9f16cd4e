import { expect, test } from 'bun:test';
import { createTable, groupCount, hashIPv4 } from '#table/layout.ts';
import { TableWriter } from '#table/table-writer.ts';
import type { HammerOrder, HammerReport } from './hammer-worker.ts';

const capacity = 128;
const runMs = 1200;
/** On a busy machine the reader comes to its turns later: so many are waited for, and so long. */
const [turnsWanted, latestMs] = [60, 20_000];

test('a reader in another thread never sees a torn row, never misses one that stays, never finds one that was not put', async () => {
  const buffer = createTable(capacity);
  const seen = new SharedArrayBuffer(4);
  const writer = new TableWriter(buffer);
  for (let group = 0; group < groupCount; group++) {
    writer.setGroup(group, { mode: 'solo', active: true, deadlineMs: 1_000_000_000 });
  }
  // All within a few slots, so that every removal moves others up, past the end of the slots too.
  const crowded: number[] = [];
  for (let value = 1; crowded.length < 90; value++) {
    if ((hashIPv4(value) & 255) > 200 || (hashIPv4(value) & 255) < 20) crowded.push(value);
  }
  const steady = crowded.filter((_, i) => i % 3 === 0);
  const churning = crowded.filter((_, i) => i % 3 === 1);
  const never = crowded.filter((_, i) => i % 3 === 2);
  const ipv4 = (value: number) => ({ family: 'IPv4', value: BigInt(value) }) as const;
  const ipv6 = (byte: number) => ({ family: 'IPv6', value: BigInt(`0x${byte.toString(16).repeat(16)}`) }) as const;
  for (const value of steady) writer.put({ address: ipv4(value), group: 1, generation: 1 });

  const worker = new Worker(new URL('./hammer-worker.ts', import.meta.url).href);
  const messages: ((data: unknown) => void)[] = [];
  const next = () => new Promise<unknown>((resolve) => messages.push(resolve));
  worker.onmessage = ({ data }) => messages.shift()?.(data);
  worker.onerror = (event) => messages.shift()?.(event.message);
  const started = next();
  worker.postMessage({ buffer, steady, churning, never, seen } satisfies HammerOrder);
  expect(await started).toBe('started');

  const ended = next();
  let changes = 0;
  const progress = new Int32Array(seen);
  const [end, latest] = [performance.now() + runMs, performance.now() + latestMs];
  const isEnough = () => Atomics.load(progress, 0) >= turnsWanted || performance.now() >= latest;
  while (performance.now() < end || !isEnough()) {
    for (let i = 0; i < churning.length; i++) {
      const generation = ++changes;
      const address = ipv4(churning[(i * 7) % churning.length] ?? 0);
      if (!writer.remove(address)) writer.put({ address, group: generation % 7, generation });
      const kept = ipv4(steady[i % steady.length] ?? 0);
      writer.put({ address: kept, group: generation % 7, generation });
      // An IPv6 VIP of equal bytes takes turns in the rows that IPv4 VIPs left.
      const six = ipv6(0x11 + (i % 14) * 0x11);
      if (!writer.remove(six)) writer.put({ address: six, group: generation % 7, generation });
    }
  }
  writer.requestStop();
  const report = (await ended) as HammerReport;
  worker.terminate();
  expect(report.faults).toEqual([]);
  // Both sides really ran.
  expect(report.lookups).toBeGreaterThan(100_000);
  expect(report.visits).toBeGreaterThan(1000);
  expect(changes).toBeGreaterThan(10_000);
}, 30_000);
