// Beside a keepalived that is set up otherwise: the operator hears what differs, and what to type on which side.
// Read RFC 9568 §7.1 before changing this file.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Box, binary, patience, whySkipped } from '../support/box.ts';
import { Keepalived, type VrrpInstance } from '../support/keepalived.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { RouterLan } from '../support/router-lan.ts';
import { type VrrpParts, vrrpFrame } from '../support/vrrp-frames.ts';

const skipped = whySkipped('keepalived');
if (skipped !== '') console.log(`keepalived-mixed${skipped}`);

const { vip } = RouterLan;
const other = '192.168.10.3';

interface Mix {
  readonly what: string;
  readonly version?: 2;
  readonly instance: Partial<VrrpInstance>;
  /** More of `election.vrrp` on our side. */
  readonly ours?: string;
  /** It leads before we start: a backup says nothing, and nothing can be told of it. */
  readonly isFirst?: true;
  /** Of the problem, behind the router's address. */
  readonly kind: string;
  readonly says: RegExp;
  readonly fix: RegExp;
}

const mixes: readonly Mix[] = [
  {
    what: 'VRRP version 2 with a password',
    version: 2,
    instance: { more: ['authentication {\n auth_type PASS\n auth_pass secret\n }'] },
    kind: 'version',
    says: /speaks VRRP version 2 with authentication type 1, this box version 3/,
    fix: /vrrp_version 3 in global_defs and no authentication block/,
  },
  {
    what: 'another interval',
    instance: { priority: 200, interval: 2 },
    kind: 'interval',
    says: /advertises every 2000 ms, this box every 1000 ms/,
    fix: /advert_int 1 there, or election.vrrp.advertisementInterval: 2000ms here/,
  },
  {
    what: 'one more address',
    instance: { priority: 200, addresses: [vip, '192.168.10.201'] },
    kind: 'addresses',
    says: /lists 192.168.10.200, 192.168.10.201, this box lists 192.168.10.200/,
    fix: /election.vrrp.addresses here has to have, of this family, exactly 192.168.10.200, 192.168.10.201/,
  },
  {
    what: 'another id',
    instance: { id: 52 },
    kind: 'other-id',
    says: /virtual router id 52: it leads 192.168.10.200, which this box has under another id/,
    fix: /lanlord.dev\/group: "52" at the service/,
  },
  {
    what: 'the checksum that it drops',
    instance: {},
    ours: 'checksum: rfc9568',
    kind: 'checksum-form',
    says: /checksum has the form pseudo, this box is told to send rfc9568/,
    fix: /election.vrrp.checksum: auto/,
  },
  {
    what: 'the same priority',
    instance: { priority: 90 },
    isFirst: true,
    kind: 'priority',
    says: /has the same priority as this box, 90/,
    fix: /another priority there, or election.vrrp.priority here/,
  },
];

describe.skipIf(skipped !== '')(`keepalived-mixed${skipped}`, () => {
  let lan: RouterLan;
  let box: Box;
  let theirs: Keepalived;

  beforeAll(() => {
    lan = new RouterLan('kmix', '55');
  });
  beforeEach(() => {
    box = new Box(lan.lab, lan.hosts[0]);
    theirs = new Keepalived(lan.hosts[1]);
    declare();
  });
  afterEach(async () => {
    await theirs?.close();
    await box?.close();
  });
  afterAll(() => lan?.close());

  const declare = (more = '') =>
    lan.pair(box, { addresses: [vip, 'fe80::51'], vrrp: `priority: 90${more && `, ${more}`}` });

  const routers = async () =>
    (await box.get('problems'))
      .filter(({ code }) => code === 'VRRP')
      .map(({ object }) => object.replace('router/', ''));
  const isTold = (object: string) => box.within(patience, async () => (await routers()).includes(object));

  for (const { what, version = 3, instance, ours, isFirst = false, kind, says, fix } of mixes) {
    test(`${what}: problems, explain, get leaders, doctor and the log say so, and what to change`, async () => {
      declare(ours);
      if (!isFirst) await box.start();
      await theirs.start([{ name: 'web', id: 51, addresses: [vip], ...instance }], version);
      if (isFirst) {
        expect(await theirs.within(patience, () => theirs.state('web') === 'MASTER')).toBe(true);
        await box.start();
      }
      expect(await isTold(`${other}/${kind}`)).toBe(true);
      const told = (await box.get('problems')).find(({ object }) => object === `router/${other}/${kind}`);
      expect(told?.message).toMatch(says);
      expect(told?.hint).toMatch(fix);
      expect((await box.lanlord('explain', `leader/${vip}`)).stdout).toMatch(fix);
      const { stdout } = await lan.lab.exec(box.host, [binary, 'doctor', '--socket', box.socket]);
      expect(stdout).toMatch(fix);
      expect(stdout).toMatch(says);
      const remarks = (await box.get('leaders')).filter(({ ip }) => ip === vip).map(({ message }) => message);
      // What is worse has the first word: two that lead are also a conflict.
      expect(remarks.join()).toMatch(new RegExp(`${says.source}|Also claimed`));
      await Bun.sleep(3000);
      expect(box.log.split('\n').filter((line) => says.test(line))).toHaveLength(1);
    });
  }

  test('a keepalived that uses an id of ours for other addresses is left alone, and told with the way out', async () => {
    const vrrp = 'virtualRouterId: 51, groups: 1, advertisementInterval: 1s';
    const config = nodeConfig(`{reload: {watch: false}, election: {mode: vrrp, vrrp: {${vrrp}}}}`);
    box.write('all.yaml', documents(config, pool('p4', vip, vip), policy('lan'), service('web')));
    await theirs.start([{ name: 'web', id: 51, addresses: ['192.168.10.77'] }]);
    expect(await theirs.within(patience, () => theirs.state('web') === 'MASTER')).toBe(true);
    await box.start();
    const isRefused = async () => (await box.get('problems')).some(({ code }) => code === 'GROUP');
    expect(await box.within(patience, isRefused)).toBe(true);
    const told = (await box.get('problems')).find(({ code }) => code === 'GROUP');
    expect(told?.message).toContain(`${other} uses virtual router id 51 for other addresses`);
    expect(told?.hint).toContain('election.vrrp.virtualRouterId');
    expect((await box.get('leaders')).map(({ state, message }) => [state, message])).toEqual([
      ['nobody', 'Another installation uses the virtual router id of the group'],
    ]);
    expect((await box.lanlord('explain', `leader/${vip}`)).stdout).toContain('[LL-ELECT-011]');
    // One problem says it, and nothing of ours is on the wire.
    await Bun.sleep(6000);
    expect(await routers()).toEqual([]);
    expect(await lan.ear.leaders(51, 3000)).toEqual([other]);
    expect(theirs.state('web')).toBe('MASTER');
  });

  test('keepalived as the manual pairs it: nothing to complain about', async () => {
    await box.start();
    await theirs.start([{ name: 'web', id: 51, priority: 200, addresses: [vip] }]);
    expect(await theirs.within(patience, () => theirs.state('web') === 'MASTER')).toBe(true);
    await Bun.sleep(8000);
    expect(await routers()).toEqual([]);
    const { stdout } = await lan.lab.exec(box.host, [binary, 'doctor', '--socket', box.socket]);
    expect(stdout).toContain('No other virtual router on the LAN is set up otherwise');
  });

  test('every kind of frame that is dropped is counted by its reason, told once, and ends', async () => {
    const list = 'c0a80ac8';
    const kinds: readonly (readonly [string, string, VrrpParts])[] = [
      ['version', 'version', { version: 2, interval: 100 }],
      ['ttl', 'ttl', { ttl: 254 }],
      ['checksum', 'checksum', { wrong: 1 }],
      ['count_zero', 'malformed', { list: '' }],
      ['list_truncated', 'malformed', { count: 2 }],
      ['interval_zero', 'interval-zero', { interval: 0 }],
      ['type', 'malformed', { type: 2 }],
      ['destination', 'destination', { destination: 'c0a80a02', to: '020000005502' }],
    ];
    await box.start();
    const frames = kinds.map(([, , parts], i) => {
      const usual = { virtualRouterId: 51, priority: 80, interval: 100, list, from: '020000005509' };
      return vrrpFrame({ ...usual, source: `c0a80a${(20 + i).toString(16)}`, ...parts });
    });
    for (let round = 0; round < 8; round++) {
      for (const frame of frames) lan.ear.send(frame);
      await Bun.sleep(1000);
    }
    const expected = kinds.map(([, kind], i) => `192.168.10.${20 + i}/${kind}`).sort();
    await box.within(patience, async () => (await routers()).length >= expected.length);
    expect((await routers()).toSorted()).toEqual(expected);
    const { stdout } = await lan.lab.exec(box.host, ['curl', '-s', '--unix-socket', box.socket, 'http://x/metrics']);
    for (const [outcome] of kinds) {
      const sample = `lanlord_vrrp_advertisements_total{interface="eth0",outcome="${outcome}"} 8`;
      expect(stdout.split('\n')).toContain(sample);
    }
    // It leads all the same, and each router is one line.
    expect((await box.get('leaders')).map(({ state }) => state)).toEqual(['here', 'here']);
    for (const i of kinds.keys()) {
      const lines = box.log
        .split('\n')
        .filter(
          (line) => line.includes(` 192.168.10.${20 + i} on eth0`) || line.includes(`192.168.10.${20 + i} on eth0`),
        );
      expect(lines).toHaveLength(1);
    }
  });
});
