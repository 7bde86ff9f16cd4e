// What becomes of addresses when cables, interfaces and the LAN itself fail: judged from a host of its own.
// Read RFC 9568 §6.4.3 before changing this file.
import { afterAll, afterEach, beforeAll, describe, expect } from 'bun:test';
import { parseAddress, parseMac } from '#model/address.ts';
import { Asker } from '../support/asker.ts';
import { type Box, patience, whySkipped } from '../support/box.ts';
import { arpFrame, fromHex } from '../support/frames.ts';
import { SharedLan } from '../support/shared-lan.ts';
import { longestSilence } from '../support/steady-asker.ts';
import { stories } from '../support/stories.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`failover-links${skipped}`);

const [vip, vip6] = ['192.168.11.1', '2001:db8::b:1'];
/** A burst is five rounds of two forms; the next refresh is a minute away. */
const burst = 10;

describe.skipIf(skipped !== '')(`failover-links${skipped}`, () => {
  let lan: SharedLan;

  beforeAll(() => {
    lan = new SharedLan('flnk', 2);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  const story = stories(() => lan);
  /** Both boxes run with addresses of either family: the one that answers, and the one that follows. */
  const pair = (election = '') => lan.pair({ election, dualStack: true });
  /** Frames that a listener of its own heard and that say who has the address although nobody asked: the MACs. */
  const announcements = async (witness: Asker) =>
    (await witness.listen(100))
      .filter(({ sender, target }) => sender === vip && target === vip)
      .map(({ senderMac }) => senderMac);

  story(
    'E-13 G-6: both lead while they are parted; together again one does within 2 s, and announces once more',
    async () => {
      const [a, b] = await pair();
      lan.partition(b.host, true);
      // The judge is on the side of the other one: this one leads in the dark.
      const leadsToo = async () => (await b.get('leaders')).every(({ state }) => state === 'here');
      expect(await b.within(patience, leadsToo)).toBe(true);
      // What the take-over itself announced is over.
      await Bun.sleep(4000);
      const witness = new Asker(lan.judge, '192.168.10.98');
      lan.partition(b.host, false);
      expect(await lan.areLed([vip], [a, b], 2000)).toBe(true);
      await Bun.sleep(4000);
      const heard = await announcements(witness);
      witness.close();
      const { leader, others } = await lan.leaderOf(vip);
      const from = (box: Box | undefined) => heard.filter((mac) => mac === box?.mac).length;
      expect(from(leader)).toBe(burst);
      expect(from(others[0])).toBe(0);
      const leads = async () => {
        const states = await Promise.all(
          [a, b].map(async (box) => (await box.get('leaders')).map(({ state }) => state)),
        );
        return states.flat().filter((state) => state === 'here').length;
      };
      // Of each of the two families one, as both boxes tell it, who are not asked in one moment.
      expect(await a.within(patience, async () => (await leads()) === 2)).toBe(true);
    },
  );

  story(
    'G-6: the other box claims an address that it does not lead: announced again once, however often it does',
    async () => {
      const [leader, other] = await pair();
      // The burst of the take-over is over.
      await Bun.sleep(3000);
      const witness = new Asker(lan.judge, '192.168.10.98');
      const from = parseMac(other.mac) ?? expect.unreachable();
      const address = Number(parseAddress(vip)?.value ?? 0n);
      const to = fromHex('ffffffffffff');
      const claim = arpFrame({ from, to, sender: address, target: address });
      for (let i = 0; i < 20; i++) {
        lan.client.send(claim);
        await Bun.sleep(20);
      }
      await Bun.sleep(4000);
      const heard = await announcements(witness);
      witness.close();
      expect(heard.filter((mac) => mac === leader.mac).length).toBe(burst);
      // Nothing of it is a conflict.
      expect((await leader.get('problems')).map(({ code }) => code)).not.toContain('DUP');
    },
  );

  story('carrier lost: the other one answers; with its carrier back the first one follows', async () => {
    const [leader, other] = await pair();
    const asking = lan.ask([vip], 10);
    lan.carrier(leader.host, 'down');
    expect(await asking.isAnsweredBy(other.mac)).toBe(true);
    await Bun.sleep(1000);
    lan.carrier(leader.host, 'up');
    await Bun.sleep(4000);
    const questions = await asking.stop();
    const back = questions.slice(-300);
    expect(longestSilence(back)).toBe(0);
    expect([...new Set(back.flatMap(({ answers }) => [...answers]))]).toEqual([other.mac]);
  });

  story(
    'E-20: the follower does not hear the leader, everybody else does: in the end one of them answers',
    async () => {
      const [leader, other] = await pair();
      lan.lose(leader.host, other.host);
      const asking = lan.ask([vip], 10);
      await Bun.sleep(6000);
      const questions = await asking.stop();
      expect(longestSilence(questions)).toBe(0);
      const late = questions.slice(-100);
      expect(new Set(late.map(({ answers }) => [...answers].sort().join())).size).toBe(1);
      expect(late[0]?.answers.size).toBe(1);
    },
  );

  story('E-20: the leader does not hear the follower: nothing changes', async () => {
    const [leader, other] = await pair();
    lan.lose(other.host, leader.host);
    const asking = lan.ask([vip], 10);
    await Bun.sleep(4000);
    const questions = await asking.stop();
    expect(questions.every(({ answers }) => answers.size === 1 && answers.has(leader.mac))).toBe(true);
  });

  story('IPv6: the survivor answers and advertises with Override, and asks for nothing', async () => {
    const [a, b] = await pair();
    const mac6 = async () => (await lan.client6.whoHas(vip6)).join();
    const leader6 = (await mac6()) === a.mac ? a : b;
    const other6 = leader6 === a ? b : a;
    expect(await mac6()).toBe(leader6.mac);
    lan.client6.clear();
    await leader6.crash();
    expect(await a.within(patience, async () => (await lan.client6.whoHas(vip6, 0)).join() === other6.mac)).toBe(true);
    lan.client6.clear();
    // Repeats at 200 ms, 1.1 s and 2.2 s are still to come.
    const heard = await lan.client6.listen(3000);
    const own = heard.filter(({ linkLayer, target }) => linkLayer === other6.mac && target === vip6);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ type, override, solicited }) => type === 'advertisement' && override && !solicited)).toBe(true);
    const source = other6.mac.replaceAll(':', '');
    const asked = heard.filter(({ type, target }) => type === 'solicitation' && target === vip6);
    expect(asked.filter(({ hex }) => hex.slice(12, 24) === source)).toEqual([]);
  });

  story('unicast peers: the same without multicast', async () => {
    const [leader, other] = await pair('vrrp: {peers: [192.168.10.1, 192.168.10.2]}');
    // Nothing goes to the group, where the judge would hear it.
    expect((await lan.ear.listen(1000)).filter(({ sender }) => !sender.includes(':'))).toEqual([]);
    const asking = lan.ask([vip], 10);
    await Bun.sleep(300);
    await leader.crash();
    expect(await asking.isAnsweredBy(other.mac)).toBe(true);
    await leader.start();
    await Bun.sleep(4000);
    const questions = await asking.stop();
    const back = questions.slice(-200);
    expect(longestSilence(back)).toBe(0);
    expect([...new Set(back.flatMap(({ answers }) => [...answers]))]).toEqual([other.mac]);
  });

  story('an interface that comes takes part, and one that goes is missed by nobody', async () => {
    const [first, second] = await pair();
    // The only interface of the one that leads goes.
    const asking = lan.ask([vip], 10);
    lan.lab.ip(['-n', first.host.namespace, 'link', 'delete', 'eth0']);
    expect(await asking.isAnsweredBy(second.mac)).toBe(true);
    const mac = '02:00:00:00:54:77';
    lan.lab.addCable(first.host, 'eth0', mac);
    for (const address of first.host.name === 'edge-1' ? ['192.168.10.1/16'] : ['192.168.10.2/16']) {
      lan.lab.ip(['-n', first.host.namespace, 'address', 'add', address, 'dev', 'eth0']);
    }
    await Bun.sleep(4000);
    expect(await asking.isAnsweredBy(second.mac)).toBe(true);
    await second.crash();
    expect(await asking.isAnsweredBy(mac)).toBe(true);
  });
});
