// When it is looked at where traffic goes, and what is kept of it.
import { expect, test } from 'bun:test';
import { DeliveryWatch } from '#daemon/delivery-watch.ts';
import { DaemonStore } from '#daemon/store.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Traffic } from '#model/traffic.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { networkInterface, nodeConfig, policy, pool, service } from '../../support/objects.ts';
import { addressesOn, World } from '../../support/world.ts';

const nothing: Traffic = { routes: [], forwards: { IPv4: true, IPv6: true }, mentioned: new Set() };

function watch(traffic: () => Traffic | null) {
  const [clock, store] = [new FakeClock(), new DaemonStore('node-1')];
  const asked: (readonly string[])[] = [];
  const look = (addresses: readonly string[]) => {
    asked.push(addresses);
    return traffic();
  };
  return { clock, store, asked, watch: new DeliveryWatch({ clock, traffic: look }, store) };
}

function snapshot(more: Partial<Snapshot['observed']> = {}): Snapshot {
  const world = new World({ interfaces: [addressesOn(networkInterface('eth0'), '10.0.0.1/24')], ...more });
  world.round({ pools: [pool('p', '10.0.0.16/32')], policies: [policy('lan')], services: [service('a/web')] });
  return world.snapshot;
}

test('every new state is looked at at once, the same one again after a pause', async () => {
  const { clock, store, asked, watch: watched } = watch(() => nothing);
  const first = snapshot();
  watched.look(first);
  watched.look(first);
  expect(asked).toEqual([['10.0.0.16']]);
  const { undelivered } = store.get();
  expect(undelivered).toMatchObject([{ ip: '10.0.0.16', services: ['a/web'], interfaces: ['eth0'] }]);
  watched.look(snapshot());
  await clock.advance(30_000);
  watched.look(first);
  expect(asked).toHaveLength(3);
  // The same array: what has not changed makes no work for those who compare.
  expect(store.get().undelivered).toBe(undelivered);
});

test('what somebody begins to take is forgotten', async () => {
  let traffic: Traffic = nothing;
  const { clock, store, watch: watched } = watch(() => traffic);
  const state = snapshot();
  watched.look(state);
  traffic = { ...nothing, mentioned: new Set(['10.0.0.16']) };
  await clock.advance(30_000);
  watched.look(state);
  expect(store.get().undelivered).toEqual([]);
});

test('nobody is asked with local delivery or without addresses, and nothing is claimed when nobody can tell', () => {
  const { store, asked, watch: watched } = watch(() => null);
  watched.look(snapshot({ config: { ...nodeConfig(), delivery: 'local' } }));
  watched.look({ ...snapshot(), desired: { ...snapshot().desired, announcements: [] } });
  expect(asked).toEqual([]);
  watched.look(snapshot());
  expect([asked.length, store.get().undelivered]).toEqual([1, []]);
});
