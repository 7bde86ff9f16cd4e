// Interfaces that come, go and change under the compiled binary: answered and announced again within a second, told from outside.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { Lab, type LabHost } from '#cli/lab.ts';
import type { Items } from '#control/protocol.ts';
import { Asker } from '../support/asker.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`interfaces${skipped}`);

const vip = '192.0.2.10';
const boxMac = '02:00:00:00:00:01';
const farMac = '02:00:00:00:00:aa';
/** The product's promise. Counted from the end of the command that made the event. */
const promiseMs = 1000;

describe.skipIf(skipped !== '')(`interfaces${skipped}`, () => {
  let lab: Lab;
  let box: Box;
  let edge: LabHost;
  let host: LabHost;
  let ear: Asker;

  beforeAll(() => {
    lab = new Lab(`ll-if${process.pid}`);
    edge = lab.addHost('edge', [], '02:00:00:00:01:01');
    host = lab.addHost('ear', [], '02:00:00:00:01:02');
    box = new Box(lab, edge);
  });
  beforeEach(() => {
    plug();
  });
  afterEach(async () => {
    ear.close();
    await box.crash();
    ipIn(lab, host, 'link', 'delete', 'far');
  });
  afterAll(async () => {
    await box?.close();
    lab?.close();
  });

  /** A cable from the box's interface to `far`, where we listen. */
  function plug(name = 'lan1', mac = boxMac): void {
    cable(lab, { host: edge, name, mac }, { host, name: 'far', mac: farMac });
    ear = new Asker({ namespace: host.namespace, interface: 'far', mac: farMac }, '192.0.2.200');
  }

  function configure(...patterns: string[]): void {
    // A long pause between rounds: what is heard after an event is the burst that the event caused.
    const settings = nodeConfig('{reload: {watch: false}, announce: {burst: [0ms, 50ms, 200ms, 500ms], refresh: 24h}}');
    box.write(
      'all.yaml',
      documents(pool('p', vip, vip), service('web'), policy('lan', { interfaces: patterns }), settings),
    );
  }

  /** Starts the box and waits until its first burst is over. */
  async function start(...patterns: string[]): Promise<void> {
    configure(...patterns);
    await box.start();
    expect(await ear.until(() => announced().length >= 8)).toBe(true);
    expect(await ear.whoHas(vip)).toEqual([boxMac]);
    ear.clear();
  }

  const announced = (mac = boxMac) =>
    ear.heard.filter(({ sender, target, senderMac }) => sender === vip && target === vip && senderMac === mac);

  /** After an event: announced with this MAC, and answered with it alone, in time. */
  async function isBack(mac = boxMac): Promise<void> {
    const since = performance.now();
    expect(await ear.until(() => announced(mac).length > 0, promiseMs)).toBe(true);
    expect(await ear.whoHas(vip, Math.max(0, promiseMs - (performance.now() - since)))).toEqual([mac]);
  }

  const link = async (name: string): Promise<Items['interfaces'] | undefined> =>
    (await box.get('interfaces')).find((item) => item.name === name);

  /** `get interfaces` says so before long. */
  const saysCapture = (name: string, capture: string | undefined) =>
    box.within(patience, async () => (await link(name))?.capture === capture);

  test('R-16: down: told, not answered; up: announced and answered again', async () => {
    await start('^lan1$');
    expect(await link('lan1')).toMatchObject({ up: true, carrier: true, capture: 'open', mac: boxMac });
    ipIn(lab, edge, 'link', 'set', 'lan1', 'down');
    expect(await saysCapture('lan1', 'down')).toBe(true);
    expect(await box.rows()).toEqual([]);
    ear.clear();
    ipIn(lab, edge, 'link', 'set', 'lan1', 'up');
    await isBack();
    expect(await saysCapture('lan1', 'open')).toBe(true);
    expect(await box.rows()).toEqual([`${vip} lan1`]);
  });

  test('R-16: deleted: told as gone; created anew under the same name, with another MAC: announced and answered', async () => {
    await start('^lan1$');
    ear.close();
    ipIn(lab, edge, 'link', 'delete', 'lan1');
    expect(await saysCapture('lan1', 'gone')).toBe(true);
    expect((await box.get('problems')).map(({ object }) => object).join(' ')).toContain('lan1');
    plug('lan1', '02:00:00:00:00:09');
    await isBack('02:00:00:00:00:09');
    expect(await link('lan1')).toMatchObject({ capture: 'open', mac: '02:00:00:00:00:09' });
  });

  test('R-16: deleted and created anew in one breath', async () => {
    await start('^lan1$');
    for (let round = 0; round < 3; round++) {
      ear.close();
      ipIn(lab, edge, 'link', 'delete', 'lan1');
      plug();
      await isBack();
    }
  });

  test('R-16: an interface that flaps and is made anew many times costs no descriptor and no thread', async () => {
    await start('^lan1$');
    const costs = () => [`/proc/${box.pid}/fd`, `/proc/${box.pid}/task`].map((path) => readdirSync(path).length);
    const round = async () => {
      for (const state of ['down', 'up']) ipIn(lab, edge, 'link', 'set', 'lan1', state);
      ear.close();
      ipIn(lab, edge, 'link', 'delete', 'lan1');
      plug();
      await ear.listen(60);
    };
    for (let i = 0; i < 3; i++) await round();
    await isBack();
    const before = costs();
    for (let i = 0; i < 25; i++) await round();
    await isBack();
    // The last worker that was replaced may still be on its way out, and threads of the runtime come and go.
    const isCheap = async () => costs().every((count, i) => count <= (before[i] ?? 0) + 3);
    expect(await box.within(patience, isCheap)).toBe(true);
    expect(await box.rows()).toEqual([`${vip} lan1`]);
  });

  test('R-16 ETH-6: a new MAC is announced and is the one in every answer', async () => {
    await start('^lan1$');
    const next = '02:00:00:00:00:77';
    ipIn(lab, edge, 'link', 'set', 'lan1', 'address', next);
    await isBack(next);
    const before = ear.heard.length;
    await ear.listen(200);
    expect(ear.heard.slice(before).filter(({ senderMac }) => senderMac === boxMac)).toEqual([]);
    expect(await link('lan1')).toMatchObject({ mac: next });
  });

  test('R-16: renamed to a name that the policy selects: announced and answered under it', async () => {
    await start('^lan1$', '^uplink$');
    ipIn(lab, edge, 'link', 'set', 'lan1', 'name', 'uplink');
    await isBack();
    expect(await saysCapture('uplink', 'open')).toBe(true);
    expect(await box.rows()).toEqual([`${vip} uplink`]);
  });

  test('R-16: renamed to a name that no policy selects: silent; renamed back: answered', async () => {
    await start('^lan1$');
    ipIn(lab, edge, 'link', 'set', 'lan1', 'name', 'other');
    expect(await box.within(promiseMs, async () => (await box.rows()).length === 0)).toBe(true);
    expect(await ear.answersNow(vip)).toEqual([]);
    expect((await link('lan1'))?.capture).toBe('gone');
    ear.clear();
    ipIn(lab, edge, 'link', 'set', 'other', 'name', 'lan1');
    await isBack();
  });

  test('R-16 R-17: carrier lost and back: everything is announced anew', async () => {
    await start('^lan1$');
    ipIn(lab, host, 'link', 'set', 'far', 'down');
    expect(await box.within(patience, async () => (await link('lan1'))?.carrier === false)).toBe(true);
    ear.close();
    ipIn(lab, host, 'link', 'set', 'far', 'up');
    ear = new Asker({ namespace: host.namespace, interface: 'far', mac: farMac }, '192.0.2.200');
    await isBack();
    expect(await link('lan1')).toMatchObject({ carrier: true, capture: 'open' });
  });

  test('R-16: a wanted interface that is added while the box runs is used', async () => {
    ear.close();
    ipIn(lab, host, 'link', 'delete', 'far');
    configure('^lan[0-9]$');
    await box.start();
    expect(box.log).toMatch(/^lanlord ready node=edge generation=\d+ links=$/m);
    plug('lan7');
    await isBack();
    expect(await box.rows()).toEqual([`${vip} lan7`]);
  });

  test('L-7: an interface that is down delays nothing at the start, is told, and is used when it comes up', async () => {
    ipIn(lab, edge, 'link', 'set', 'lan1', 'down');
    configure('^lan1$');
    await box.start();
    expect(box.log).toMatch(/^lanlord ready node=edge generation=\d+ links=$/m);
    expect((await box.get('interfaces')).map(({ name, capture }) => [name, capture])).toEqual([['lan1', 'down']]);
    expect((await box.get('problems')).some(({ object }) => object.includes('lan1'))).toBe(true);
    ipIn(lab, edge, 'link', 'set', 'lan1', 'up');
    await isBack();
  });

  test('patterns are RE2, unanchored and case-sensitive: exactly the interfaces that Go would select', async () => {
    for (const name of ['eth10', 'wan.eth1', 'ETH2', 'lan_a', 'x9']) {
      ipIn(lab, edge, 'link', 'add', name, 'type', 'veth', 'peer', 'name', `p-${name}`, 'netns', host.namespace);
      ipIn(lab, edge, 'link', 'set', name, 'up');
    }
    await start('^lan1$');
    // eth0 and lan1 are there anyway.
    const expected: Record<string, string[]> = {
      eth1: ['eth10', 'wan.eth1'],
      '^eth[0-9]+$': ['eth0', 'eth10'],
      '(?i)^eth': ['ETH2', 'eth0', 'eth10'],
      '^[[:alpha:]]+[[:digit:]]$': ['ETH2', 'eth0', 'lan1', 'x9'],
      '[[:upper:]]': ['ETH2'],
      '\\Awan\\.': ['wan.eth1'],
      '\\Q.eth\\E': ['wan.eth1'],
      '\\x5f|^x\\d\\z': ['lan_a', 'x9'],
      '\\pL{3}1$': ['lan1', 'wan.eth1'],
      nothing: [],
    };
    const seen: Record<string, readonly string[]> = {};
    for (const pattern of Object.keys(expected)) {
      configure(pattern);
      await box.reload();
      seen[pattern] = (await box.get('policies'))[0]?.interfaces ?? [];
      expect(await box.rows()).toEqual([...seen[pattern]].map((name) => `${vip} ${name}`).sort());
    }
    expect(seen).toEqual(expected);
  });
});
