import { expect, test } from 'bun:test';
import { Moves } from '#daemon/moves.ts';
import { DaemonStore } from '#daemon/store.ts';
import { snapshot } from '../../support/daemon-view.ts';
import { address } from '../../support/objects.ts';

function moves() {
  let changes = 0;
  const store = new DaemonStore('edge-1');
  store.set({ snapshot: snapshot() });
  const made = new Moves({ store: () => store, onChange: () => changes++ });
  return { moves: made, changes: () => changes };
}

test('drain says what it concerns, once; undrain ends it', async () => {
  const { moves: one, changes } = moves();
  expect(one.isDrained).toBe(false);
  const drained = await one.move({ kind: 'drain', node: null });
  expect(drained).toMatchObject({ ok: true, rows: [{ ip: '192.168.10.208', interface: 'eth0' }] });
  expect(drained.message).toContain('1 address given up');
  expect(one.isDrained).toBe(true);
  expect(await one.move({ kind: 'drain', node: 'edge-1' })).toMatchObject({ ok: true, rows: [] });
  expect(changes()).toBe(1);
  expect(await one.move({ kind: 'undrain', node: null })).toMatchObject({ ok: true });
  expect(one.isDrained).toBe(false);
  expect(changes()).toBe(2);
});

test('nothing can be moved to another box, and no other box is known', async () => {
  const { moves: one, changes } = moves();
  const failover = { kind: 'failover', address: address('192.0.2.1'), to: 'edge-2' } as const;
  expect(await one.move(failover)).toMatchObject({ ok: false, code: 'LL-ACT-001' });
  expect(await one.move({ kind: 'drain', node: 'edge-2' })).toMatchObject({ ok: false, code: 'LL-ACT-003' });
  expect(changes()).toBe(0);
});
