// Commands that read slowly, or not at all: the daemon waits for none of them, keeps little, and tells each what it missed.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, binary, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { Watching } from '../support/watching.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`slow readers${skipped}`);

setDefaultTimeout(180_000);

const vip = '192.0.2.10';
const services = 1500;
// Each is told with some 400 characters when it comes and when it goes: 1.2 MB a time.
const longName = 'x'.repeat(150);
/** The queue of a reader holds 8 MiB. */
const rounds = 12;

describe.skipIf(skipped !== '')(`slow readers${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let arp: Asker;

  beforeAll(async () => {
    lab = new Lab(`ll-slo${process.pid}`);
    edge = lab.addHost('edge', [], '02:00:00:00:01:01');
    const host = lab.addHost('client', [], '02:00:00:00:01:02');
    const mac = '02:00:00:00:00:aa';
    cable(lab, { host: edge, name: 'lan1', mac: '02:00:00:00:00:01' }, { host, name: 'lan0', mac });
    ipIn(lab, edge, 'address', 'add', '192.0.2.1/24', 'dev', 'lan1');
    arp = new Asker({ namespace: host.namespace, interface: 'lan0', mac }, '192.0.2.200');
    box = new Box(lab, edge);
    box.write('node.yaml', nodeConfig('{reload: {watch: false}, announce: {burst: [0ms], refresh: 24h}}'));
    box.write('lan.yaml', documents(pool('blue', vip, vip), policy('lan', { interfaces: ['^lan1$'] }), service('web')));
    changeAll('first');
    await box.start();
    await box.within(20_000, async () => (await arp.answersNow(vip)).length > 0);
  });
  afterAll(async () => {
    arp?.close();
    await box?.close();
    lab?.close();
  });

  /** Every service goes, and as many others come; the pool has no address for them. */
  function changeAll(word: string): void {
    const names = Array.from({ length: services }, (_, i) => `s${i}-${word}-${longName}`);
    box.write('services.yaml', documents(...names.map((name) => service(name))));
  }

  const memoryMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${box.pid}/status`, 'utf8'))?.[1]) / 1024;

  /** Names of a list in lines, without what makes them long. */
  const names = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => String(JSON.parse(line).name).replace(longName, ''));

  /** What a watch wrote, read back, becomes what is there now. */
  async function agree(watching: Watching): Promise<void> {
    const there = new Set(names((await box.lanlord('get', 'services', '-o', 'jsonl')).stdout));
    expect(there.size).toBe(services + 1);
    const file = join(box.folder, 'watched.jsonl');
    let differ: readonly string[] = [];
    await box.within(20_000, async () => {
      writeFileSync(file, watching.lines.join('\n'));
      const read = await lab.exec(edge, [binary, 'get', 'services', '--input-file', file, '-o', 'jsonl']);
      differ = [...there.symmetricDifference(new Set(names(read.stdout)))];
      return differ.length === 0;
    });
    expect(differ.slice(0, 5)).toEqual([]);
  }

  /** They read again, until each has said `word`. */
  async function goOn(readers: readonly Watching[], word: string): Promise<void> {
    for (const reader of readers) reader.signal('SIGCONT');
    for (const reader of readers) {
      await reader.until(({ stdout }) => stdout.includes(word), word);
    }
  }

  test('stopped readers: bounded memory, answers and other readers go on, and each is told what differs', async () => {
    const words = ['get', 'services', '-w', '-o', 'jsonl'];
    const slow = Array.from({ length: 5 }, () => new Watching(box, words));
    const journal = new Watching(box, ['events', '-w', '-o', 'jsonl']);
    const quick = new Watching(box, words);
    for (const one of [...slow, quick]) {
      await one.until(({ lines }) => lines.length > services, 'the first state');
    }
    await journal.begun();
    for (const one of [...slow, journal]) one.signal('SIGSTOP');
    const before = memoryMiB();
    let most = 0;
    for (let i = 0; i < rounds; i++) {
      changeAll(`r${i}`);
      await box.reload();
      await quick.until(({ stdout }) => stdout.includes(`-r${i}-`), `round ${i} told to the quick reader`);
      expect((await arp.replyTo(vip, [arp.request(vip)])).length).toBeGreaterThan(0);
      most = Math.max(most, memoryMiB());
    }
    // What was told to nobody is more than this; measured: 100 to 200 MiB, most of it garbage of the reloads.
    expect(most - before).toBeLessThan(400);
    await goOn(slow, `-r${rounds - 1}-`);
    await goOn([journal], `generation ${rounds + 1} applied`);
    for (const one of slow) {
      expect(one.stderr).toMatch(/^lanlord: read too slowly: \d+ changes were not told; what differs at .* follows\n$/);
      for (const { type } of one.objects) expect(['ADDED', 'MODIFIED', 'DELETED']).toContain(String(type));
      await agree(one);
    }
    expect(quick.stderr).toBe('');
    await agree(quick);
    // Every reload once, in order.
    const applied = journal.objects.map(({ object }) => object as { kind: string; fields: { generation: number } });
    const generations = applied.filter(({ kind }) => kind === 'config.applied').map(({ fields }) => fields.generation);
    expect(generations).toEqual(Array.from({ length: rounds }, (_, i) => 2 + i));
    for (const one of [...slow, quick, journal]) expect((await one.end()).code).toBe(130);
  });

  test('traffic that was overwritten before it was read stands as LOST in its place: no frame is missing untold', async () => {
    const slow = await new Watching(box, ['traffic', '--watch', '-o', 'jsonl']).begun();
    slow.signal('SIGSTOP');
    // The memory of an interface holds 10,000 frames.
    const flood = Array.from({ length: 500 }, () => arp.request('192.0.2.99'));
    for (let i = 0; i < 60; i++) {
      arp.send(...flood);
      await Bun.sleep(10);
    }
    const requests = async () => (await box.get('interfaces')).find(({ name }) => name === 'lan1')?.requests ?? 0;
    await box.within(20_000, async () => (await requests()) >= 20_000);
    slow.signal('SIGCONT');
    await slow.until(({ stdout }) => stdout.includes('"type":"LOST"'), 'a loss');
    arp.send(arp.request('192.0.2.98'));
    await slow.until(({ stdout }) => stdout.includes('192.0.2.98'), 'a frame after it');
    let next: number | null = null;
    for (const line of slow.objects) {
      const isLoss = line['type'] === 'LOST';
      if (!isLoss) expect(line['sequence']).toBe(next ?? line['sequence']);
      // What the kernel dropped has no number.
      if (isLoss && line['cause'] !== 'overwritten before they were read') continue;
      if (isLoss) expect(line['interface']).toBe('lan1');
      next = isLoss ? Number(next) + Number(line['frames']) : Number(line['sequence']) + 1;
    }
    expect((await slow.end()).code).toBe(130);
    const file = join(box.folder, 'frames.jsonl');
    writeFileSync(file, slow.stdout);
    const read = await lab.exec(edge, [binary, 'traffic', '--input-file', file, '-o', 'jsonl']);
    expect(read.stdout).toBe(slow.stdout);
  });

  test('who reads nothing for 30 s is dropped, with one line in the log; once it reads again it is told the state anew', async () => {
    const slow = new Watching(box, ['get', 'services', '-w', '-o', 'jsonl']);
    await slow.until(({ lines }) => lines.length > services, 'the first state');
    // Readers of the tests before may have been dropped, too.
    const drops = () => box.log.split('A reader of the control stream takes nothing: dropped').length - 1;
    const before = drops();
    slow.signal('SIGSTOP');
    changeAll('dropped');
    await box.reload();
    const isDropped = await box.within(90_000, async () => {
      await Bun.sleep(100);
      return drops() > before;
    });
    expect(isDropped).toBe(true);
    expect(drops()).toBe(before + 1);
    // Beyond the time after which the runtime cuts the connection, too.
    await Bun.sleep(15_000);
    expect(box.log).not.toContain('Bun');
    changeAll('after');
    await box.reload();
    await goOn([slow], '-after-');
    expect(slow.stderr).toMatch(/^lanlord: read too slowly: \d+ changes were not told; what differs at .* follows\n$/);
    await agree(slow);
    expect((await slow.end()).code).toBe(130);
    expect((await arp.replyTo(vip, [arp.request(vip)])).length).toBeGreaterThan(0);
  });
});
