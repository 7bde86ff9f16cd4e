// What every StateStore must do; run against the SQLite store and the fake that other tests use.
import { describe, expect, test } from 'bun:test';
import type { JournalEntry } from '#model/journal.ts';
import type { Memory } from '#model/snapshot.ts';
import type { StateStore } from '#ports.ts';
import { address, allocation, memory, pool, service } from '../support/objects.ts';

export interface StateStoreSubject {
  /** Opens a new, empty disk; `open` opens it again as a restarted process would. */
  disk(): { open(): StateStore };
}

function entry(n: number): JournalEntry {
  return {
    timeMs: n,
    kind: 'test',
    severity: 'info',
    object: `o/${n}`,
    message: `entry ${n}`,
    fields: { n, ok: true },
  };
}

export function stateStoreContract(name: string, subject: StateStoreSubject): void {
  describe(`StateStore contract: ${name}`, () => {
    test('a fresh store knows nothing and has no fault', () => {
      const store = subject.disk().open();
      expect(store.loadMemory()).toBeNull();
      expect(store.appliedGeneration('k')).toBeNull();
      expect(store.loadApplied('k')).toBeNull();
      expect(store.journal(10)).toEqual([]);
      expect(store.fault()).toBeNull();
      expect(store.damage()).toBeNull();
      store.close();
    });

    test('memory survives a restart as it was last saved, also when it became empty', () => {
      const disk = subject.disk();
      const first = disk.open();
      first.saveMemory(memory([allocation('a/web', '10.0.0.1'), allocation('a/db', '10.0.0.2')]));
      const kept: Memory = {
        ...memory(
          [
            allocation('a/web', '10.0.0.1', { origin: 'shared', share: 'k|80/TCP' }),
            allocation('b/six', 'fd00::7', { sinceMs: 1.5e12 }),
            allocation('c/told', '10.0.0.3', { node: 'edge-2' }),
            allocation('c/both', '10.0.0.4', { node: 'edge-2', share: 'k|81/TCP' }),
          ],
          [pool('blue')],
        ),
        owned: new Map([['a/web', ['10.0.0.1']]]),
        released: [address('10.0.0.9'), address('fd00::1'), address('10.0.0.3')],
        policyFaults: new Map([['p', ['io.cilium/bad-interface-regex']]]),
      };
      first.saveMemory(kept);
      first.close();
      const second = disk.open();
      const loaded = second.loadMemory();
      expect(new Set(loaded?.allocations)).toEqual(new Set(kept.allocations));
      expect(loaded?.goodPools.get('blue')?.blocks).toEqual([{ cidr: '10.0.0.0/24' }]);
      expect(loaded).toMatchObject({ owned: kept.owned, released: kept.released, policyFaults: kept.policyFaults });
      second.saveMemory(memory());
      second.close();
      const third = disk.open();
      expect(third.loadMemory()?.allocations).toEqual([]);
      expect(third.loadMemory()?.goodPools.size).toBe(0);
      third.close();
    });

    test('positions of objects are not kept', () => {
      const disk = subject.disk();
      const store = disk.open();
      const position = { file: 'a.yaml', line: 3, column: 1 };
      store.saveMemory(memory([], [pool('blue', '10.0.0.0/30', { position, fields: new Map([['spec', position]]) })]));
      store.close();
      const loaded = disk.open().loadMemory()?.goodPools.get('blue');
      expect(loaded?.position).toBeUndefined();
      expect(loaded?.fields).toBeUndefined();
    });

    test('an object keeps the time it was first seen until it is not retained', () => {
      const disk = subject.disk();
      const store = disk.open();
      store.firstSeen(['Service/a/x'], 100);
      store.firstSeen(['Service/a/y'], 100);
      expect([...store.firstSeen(['Service/a/x', 'Service/a/z'], 200)]).toEqual([
        ['Service/a/x', 100],
        ['Service/a/z', 200],
      ]);
      store.close();
      const again = disk.open();
      again.retainSeen(new Set(['Service/a/y', 'Service/a/z', 'Service/never/seen']));
      again.close();
      const last = disk.open();
      expect([...last.firstSeen(['Service/a/x', 'Service/a/y', 'Service/a/z', 'Service/never/seen'], 300)]).toEqual([
        ['Service/a/x', 300],
        ['Service/a/y', 100],
        ['Service/a/z', 200],
        ['Service/never/seen', 300],
      ]);
      last.close();
    });

    test('applied documents survive under their key, the newest only', () => {
      const disk = subject.disk();
      const store = disk.open();
      const documents = [{ file: '/etc/x/a.yaml', text: `kind: Service # ünï \u0000 ${'x'.repeat(1000)}` }];
      store.saveApplied('k', { generation: 1, digest: 'd1', documents: [] });
      store.saveApplied('k', { generation: 2, digest: 'd2', documents });
      store.saveApplied('other', { generation: 9, digest: 'd9', documents: [] });
      store.close();
      const again = disk.open();
      expect(again.appliedGeneration('k')).toMatchObject({ generation: 2, digest: 'd2' });
      expect(again.loadApplied('k')).toEqual({ generation: 2, digest: 'd2', documents });
      expect(again.loadApplied('other')?.generation).toBe(9);
      again.close();
    });

    test('the journal gives the newest entries, oldest first, and is bounded', () => {
      const disk = subject.disk();
      const store = disk.open();
      for (let n = 1; n <= 30; n++) store.append([entry(n)], 10);
      expect(store.journal(100).map((e) => e.timeMs)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
      store.close();
      const again = disk.open();
      expect(again.journal(2)).toEqual([entry(29), entry(30)]);
      expect(again.journal(0)).toEqual([]);
      again.append([], 3);
      again.append([entry(31)], 3);
      expect(again.journal(100).map((e) => e.timeMs)).toEqual([29, 30, 31]);
      again.close();
    });

    test('a service with an awkward name is still the same service', () => {
      const disk = subject.disk();
      const store = disk.open();
      const odd = service('n s/ü\n"x"');
      store.saveMemory(memory([allocation(`${odd.namespace}/${odd.name}`, '10.0.0.9')]));
      store.close();
      expect(disk.open().loadMemory()?.allocations[0]?.service).toBe('n s/ü\n"x"');
    });
  });
}
