// Two and three boxes with the compiled binary: they hear each other, hold the same addresses whatever their histories,
// and say what differs between them.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`boxes that agree${skipped}`);

const settings = (more = '') => `{reload: {watch: false}, election: {mode: vrrp${more}}}`;
const nodePart = (more = '') => nodeConfig(settings(more));

describe.skipIf(skipped !== '')(`boxes that agree${skipped}`, () => {
  let lab: Lab;
  let hosts: LabHost[];
  let a: Box;
  let b: Box;
  let c: Box;

  beforeAll(() => {
    lab = new Lab(`ll-agr${process.pid}`);
    hosts = ['edge-1', 'edge-2', 'edge-3'].map((name, i) =>
      lab.addHost(name, [`192.0.2.${i + 1}/24`], `02:00:00:00:00:0${i + 1}`),
    );
  });
  beforeEach(() => {
    [a, b, c] = hosts.map((host) => new Box(lab, host)) as [Box, Box, Box];
    for (const box of [a, b, c]) {
      declare(box, 'one');
      box.write('00-node.yaml', nodePart());
    }
  });
  afterEach(() => Promise.all([a, b, c].map((box) => box?.close())));
  afterAll(() => lab?.close());

  function declare(box: Box, ...names: readonly string[]): void {
    box.write('10-pool.yaml', pool('p', '192.0.2.10', '192.0.2.19'));
    box.write('20-policy.yaml', policy('lan'));
    box.write('30-services.yaml', documents(...names.map((name) => service(name))));
  }

  /** Everything that `get ips` says, but for what counts from the moment. */
  const ips = async (box: Box) => JSON.stringify(await box.get('ips'));
  const agree = (...boxes: Box[]) =>
    boxes[0]?.within(patience, async () => new Set(await Promise.all(boxes.map(ips))).size === 1);
  const addresses = async (box: Box, ...names: readonly string[]) =>
    Promise.all(names.map(async (name) => (await box.addressesOf(name)).join()));
  const problems = async (box: Box) => (await box.get('problems')).map(({ code, object }) => `${code} ${object}`);

  test('a fresh box has the addresses of the one with a history before it is ready, and moves none', async () => {
    await a.start();
    declare(a, 'one', 'two', 'three');
    await a.reload();
    declare(a, 'two', 'three');
    await a.reload();
    declare(a, 'two', 'three', 'four');
    a.write('40-pinned.yaml', service('pinned', { ips: '192.0.2.15' }));
    await a.reload();
    declare(b, 'two', 'three', 'four');
    b.write('40-pinned.yaml', service('pinned', { ips: '192.0.2.15' }));
    await b.start();
    expect(await ips(b)).toBe(await ips(a));
    // Alone it would have begun with the first address of the pool.
    expect(await addresses(b, 'two', 'three', 'four', 'pinned')).toEqual([
      '192.0.2.12',
      '192.0.2.11',
      '192.0.2.10',
      '192.0.2.15',
    ]);
    const events = (await b.get('events')).map(({ kind }) => kind);
    expect(events.filter((kind) => kind === 'allocation.moved')).toEqual([]);
    expect(await problems(b)).not.toContain('ALLOC-SPLIT node/edge-1');
  });

  test('three boxes know each other: nodes, peers in status, whose MAC answers; one that stops is gone at once', async () => {
    await Promise.all([a, b, c].map((box) => box.start()));
    const knowsAll = async () => (await a.get('nodes')).filter(({ state }) => state === 'ready').length === 3;
    expect(await a.within(patience, knowsAll)).toBe(true);
    const nodes = await a.get('nodes');
    expect(nodes.map(({ name, self, address }) => [name, self, address])).toEqual([
      ['edge-1', true, '192.0.2.1'],
      ['edge-2', false, '192.0.2.2'],
      ['edge-3', false, '192.0.2.3'],
    ]);
    expect(nodes.every(({ generation, version }) => generation === 1 && version !== '')).toBe(true);
    expect((await a.status()).peers).toEqual({ known: 2, heard: 2, names: ['edge-2', 'edge-3'], absent: [] });
    const { stdout } = await a.lanlord('status');
    expect(stdout).toContain('peers     3/3: this box  edge-2 ok  edge-3 ok');

    expect(await c.stop()).toBe(0);
    const isGone = async () => (await a.get('nodes')).find(({ name }) => name === 'edge-3')?.state === 'stopped';
    expect(await a.within(1500, isGone)).toBe(true);
    b.signal('SIGKILL');
    const isLost = async () => (await a.get('nodes')).find(({ name }) => name === 'edge-2')?.state === 'lost';
    expect(await a.within(patience, isLost)).toBe(true);
    expect((await a.status()).peers).toMatchObject({ known: 2, heard: 0 });
  });

  test('boxes that ran apart with different edits hold the same once they meet', async () => {
    declare(b, 'other', 'one');
    lab.ip(['-n', hosts[1]?.namespace ?? '', 'link', 'set', 'eth0', 'down']);
    await a.start();
    await b.start();
    declare(a, 'one', 'two');
    await a.reload();
    lab.ip(['-n', hosts[1]?.namespace ?? '', 'link', 'set', 'eth0', 'up']);
    for (const box of [a, b]) {
      declare(box, 'one', 'two', 'other');
      await box.reload();
    }
    expect(await agree(a, b)).toBe(true);
    expect(await a.within(patience, async () => (await problems(b)).every((text) => !/SPLIT|CONF/.test(text)))).toBe(
      true,
    );
    expect(new Set(await addresses(a, 'one', 'two', 'other')).size).toBe(3);
  });

  test('another configuration is told with generation and node, and an address that both want is a split', async () => {
    await a.start();
    declare(b, 'foreign');
    lab.ip(['-n', hosts[1]?.namespace ?? '', 'link', 'set', 'eth0', 'down']);
    await b.start();
    lab.ip(['-n', hosts[1]?.namespace ?? '', 'link', 'set', 'eth0', 'up']);
    expect(await a.within(patience, async () => (await problems(a)).includes('CONF node/edge-2'))).toBe(true);
    expect(await a.within(patience, async () => (await problems(a)).includes('ALLOC-SPLIT node/edge-2'))).toBe(true);
    const told = (await a.get('problems')).find(({ code }) => code === 'CONF')?.message;
    expect(told).toContain('generation 1');
    // The later one gives the address up: no two services share it.
    const all = [...(await addresses(a, 'one')), ...(await addresses(b, 'foreign'))];
    expect(new Set(all).size).toBe(2);
    declare(b, 'one');
    await b.reload();
    expect(await agree(a, b)).toBe(true);
    expect(await a.within(patience, async () => (await problems(a)).every((text) => !/SPLIT|CONF/.test(text)))).toBe(
      true,
    );
  });

  test('with a key only boxes that have it are believed; two of one name are told', async () => {
    for (const [i, box] of [a, b, c].entries()) {
      const file = join(box.folder, 'key');
      writeFileSync(file, i === 2 ? 'another key of enough bytes' : 'a key that has enough bytes');
      chmodSync(file, 0o600);
      box.write('00-node.yaml', nodePart(`, hello: {keyFile: ${file}}`));
    }
    await Promise.all([a, b, c].map((box) => box.start()));
    const known = async () => (await a.get('nodes')).map(({ name }) => name).join();
    expect(await a.within(patience, async () => (await known()) === 'edge-1,edge-2')).toBe(true);
    expect(await a.within(patience, async () => (await problems(a)).includes('PEER peer/192.0.2.3'))).toBe(true);
    await c.stop();
    c.write('00-node.yaml', nodePart(`, hello: {keyFile: ${join(a.folder, 'key')}}`));
    await c.start({ args: ['--node', 'edge-2'] });
    const isTold = async () => (await problems(a)).includes('NAME node/edge-2');
    expect(await a.within(patience, isTold)).toBe(true);
  });
});
