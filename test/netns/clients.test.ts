// Who asked for an address, and whether they hold the right MAC: seen by the box that answers, and by the one that did.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { AddressClient } from '#control/address-clients.ts';
import { Asker } from '../support/asker.ts';
import { type Box, binary, whySkipped } from '../support/box.ts';
import { SharedLan } from '../support/shared-lan.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';

const skipped = whySkipped('nft', 'bridge', 'tmux');
if (skipped !== '') console.log(`clients of an address${skipped}`);

const vip = '192.168.11.1';
const router = '192.168.10.77';

describe.skipIf(skipped !== '')(`clients of an address${skipped}`, () => {
  let lan: SharedLan;
  let leader: Box;
  let other: Box;
  let client: Asker;

  beforeAll(async () => {
    lan = new SharedLan('cl', 2);
    client = new Asker(lan.lab.addHost('router', [`${router}/16`], '02:00:00:00:54:77'), router);
    const [a, b] = lan.declare();
    if (!a || !b) throw new Error('no boxes');
    await Promise.all([a.start(), b.start()]);
    expect(await lan.areLed([vip], [a, b])).toBe(true);
    await lan.settled([vip]);
    leader = (await lan.leaderOf(vip)).leader;
    other = leader === a ? b : a;
  }, 60_000);
  afterAll(async () => {
    client?.close();
    await lan?.end();
    lan?.close();
  });

  /** What this box knows of the router that asked. */
  async function seen(box: Box, ...more: readonly string[]) {
    const { code, stdout, stderr } = await box.lanlord('clients', vip, '-o', 'json', ...more);
    if (stdout === '') throw new Error(stderr);
    const items: readonly AddressClient[] = JSON.parse(stdout).items;
    return { code, found: items.find(({ ip }) => ip === router) };
  }

  test('who was answered has the MAC of the leader; the box beside it has only heard the question', async () => {
    await client.replyTo(vip, [client.request(vip)]);
    const known = { mac: client.mac, interface: 'eth0', count: 1 };
    expect(await seen(leader)).toMatchObject({
      code: 0,
      found: { ...known, state: 'current', holds: leader.mac, evidence: 'answered' },
    });
    expect((await seen(other)).found).toMatchObject({ ...known, state: 'unknown', holds: null, evidence: 'broadcast' });
    expect(await seen(leader, '--stale')).toEqual({ code: 0, found: undefined });
  });

  test('9, 10: who goes on asking the box that led before is told there, on the command line and on the screen', async () => {
    expect((await leader.lanlord('failover', vip, '--to', other.host.name)).code).toBe(0);
    expect(await lan.areLed([vip], [other])).toBe(true);
    await client.listen(1500);
    // As a kernel asks again for an entry that it uses.
    client.send(client.request(vip, { to: leader.mac, targetMac: leader.mac }));
    const stale = { mac: client.mac, state: 'stale', holds: leader.mac, evidence: 'unicast' };
    expect(await leader.within(5000, async () => (await seen(leader)).found?.state === 'stale')).toBe(true);
    expect(await seen(leader, '--stale')).toMatchObject({ code: 1, found: stale });
    const screen = new TmuxScreen('ll-cl', 140, 40);
    screen.type(`${binary} ui --socket ${leader.socket}`);
    await screen.shows('LIVE');
    screen.keys('4', 'Enter');
    await screen.shows(new RegExp(`${router} .*STALE: still has ${leader.mac}`));
    screen.close();
    await client.replyTo(vip, [client.request(vip)]);
    expect((await seen(other)).found).toMatchObject({ state: 'current', holds: other.mac });
    expect(await leader.within(5000, async () => (await seen(leader, '--stale')).code === 0)).toBe(true);
  }, 60_000);
});
