// A process that saves one memory after the other until it is killed. It prints each number after it was committed.
import { openSqliteStore } from '#state/open-sqlite-store.ts';
import { allocation, memory } from './objects.ts';

const directory = process.argv[2] ?? '';
const result = openSqliteStore(directory);
if (result.kind !== 'open') throw new Error('in use');
const { store } = result;
const start = store.loadMemory()?.allocations.length ?? 0;
for (let n = start + 1; ; n++) {
  const allocations = Array.from({ length: n }, (_, i) => allocation(`a/s${i}`, `10.0.${i >> 8}.${i & 255}`));
  store.saveMemory(memory(allocations));
  if (store.fault()) throw new Error(store.fault() ?? '');
  process.stdout.write(`${n}\n`);
  store.append([{ timeMs: n, kind: 'k', severity: 'info', object: 'o', message: 'm'.repeat(500), fields: {} }], 100);
}
