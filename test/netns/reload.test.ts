// Configuration that changes, breaks and vanishes under the compiled binary: what ran before goes on, and says so.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, binary, patience, whySkipped } from '../support/box.ts';
import { nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`reload${skipped}`);

const vip = '192.0.2.10';
const boxMac = '02:00:00:00:00:01';
const settings = (watch: boolean) =>
  nodeConfig(`{reload: {watch: ${watch}}, announce: {burst: [0ms, 200ms], refresh: 24h}}`);

describe.skipIf(skipped !== '')(`reload${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let client: Asker;

  beforeAll(() => {
    lab = new Lab(`ll-rel${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], boxMac);
    client = new Asker(lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    box.write('00-node.yaml', settings(false));
    box.write('10-pool.yaml', pool('p', vip, '192.0.2.19'));
    box.write('20-policy.yaml', policy('lan'));
    box.write('30-web.yaml', service('web'));
  });
  afterEach(() => box?.close());
  afterAll(() => {
    client?.close();
    lab?.close();
  });

  const isAnswered = async (address = vip) => (await client.whoHas(address)).includes(boxMac);
  const codes = async () => (await box.get('problems')).map(({ code }) => code);

  /** The configuration was refused, and what ran before goes on unchanged. */
  async function isStale(generation: number): Promise<void> {
    const { code, stdout } = await box.lanlord('status', '-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ generation, configValid: false, state: 'critical' });
    expect(await codes()).toContain('STALE-CFG');
    expect(await box.rows()).toEqual([`${vip} eth0`]);
    expect(await isAnswered()).toBe(true);
  }

  test('a change is counted, answered at once, and starts one generation', async () => {
    await box.start();
    box.write('30-web.yaml', service('web', { port: 81 }));
    box.write('40-more.yaml', service('more', { ips: '192.0.2.15' }));
    expect(await box.reload()).toBe('generation 2 applied: 1 added, 1 changed, 0 removed, 0 VIPs moved');
    expect(await client.answersNow('192.0.2.15')).toEqual([boxMac]);
    box.remove('40-more.yaml');
    expect(await box.reload()).toBe('generation 3 applied: 0 added, 0 changed, 1 removed, 0 VIPs moved');
    expect(await client.answersNow('192.0.2.15')).toEqual([]);
    const { stdout } = await box.lanlord('reload', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'Reload', generation: 3, applied: true, problems: [] });
  });

  test('L-2: SIGHUP with nothing changed: no frame, no generation, no reset of since', async () => {
    await box.start();
    await client.listen(800);
    const before = await box.get('announcements');
    client.clear();
    box.signal('SIGHUP');
    await client.listen(800);
    expect(client.heard.filter(({ sender }) => sender === vip)).toEqual([]);
    expect(await box.get('announcements')).toEqual(before);
    expect((await box.status()).generation).toBe(1);
  });

  test('L-3: a document error refuses the whole reload, by command, with its place and a hint', async () => {
    await box.start();
    box.write('30-web.yaml', service('web', { ips: '192.0.2.15' }));
    box.write('10-pool.yaml', pool('p', vip, '192.0.2.19').replace('blocks:', 'blokcs:'));
    const { code, stderr } = await box.lanlord('reload');
    expect(code).toBe(1);
    expect(stderr).toMatch(/10-pool\.yaml:6:3: error\[LL-CFG-\d{3}\]: .*blokcs[^\n]*\n[^\n]*blocks/);
    await isStale(1);
    // Repaired: everything that was waiting is applied, and the problem is gone.
    box.write('10-pool.yaml', pool('p', vip, '192.0.2.19'));
    expect(await box.reload()).toBe('generation 2 applied: 0 added, 1 changed, 0 removed, 1 VIPs moved');
    expect(await codes()).not.toContain('STALE-CFG');
    expect((await box.lanlord('status')).code).toBe(0);
  });

  test('L-3: the same by SIGHUP', async () => {
    await box.start();
    box.write('40-broken.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: x\n');
    box.signal('SIGHUP');
    expect(await box.within(patience, async () => (await codes()).includes('STALE-CFG'))).toBe(true);
    await isStale(1);
    expect(box.log).toContain('40-broken.yaml:');
  });

  test('a change of a file is seen without being told, also when it is broken and repaired', async () => {
    box.write('00-node.yaml', settings(true));
    await box.start();
    box.write('30-web.yaml', service('web', { ips: '192.0.2.15' }));
    expect(await box.within(patience, async () => (await box.rows()).includes('192.0.2.15 eth0'))).toBe(true);
    expect(await isAnswered('192.0.2.15')).toBe(true);
    expect(await client.answersNow(vip)).toEqual([]);
    box.write('30-web.yaml', `${service('web')}---\n${service('web')}`);
    expect(await box.within(patience, async () => (await codes()).includes('STALE-CFG'))).toBe(true);
    expect(await isAnswered('192.0.2.15')).toBe(true);
    box.write('30-web.yaml', service('web', { ips: vip }));
    expect(await box.within(patience, async () => (await box.rows()).includes(`${vip} eth0`))).toBe(true);
    expect(await codes()).not.toContain('STALE-CFG');
  });

  test('an object error harms that object alone, is listed, and the reload is applied', async () => {
    await box.start();
    box.write('11-bad.yaml', pool('backwards', '192.0.2.60', '192.0.2.50'));
    box.write('21-bad.yaml', policy('bad', { interfaces: ['^eth(0'] }));
    box.write('40-own.yaml', service('own', { ips: '192.0.2.1' }));
    box.write('41-more.yaml', service('more'));
    const { code, stdout, stderr } = await box.lanlord('reload', '-o', 'json');
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ generation: 2, applied: true });
    const files = answer.problems.map(({ file }: { file: string }) => file.replace(/.*\//, ''));
    expect(files).toEqual(expect.arrayContaining(['11-bad.yaml', '21-bad.yaml', '40-own.yaml']));
    expect(stderr).toBe('');
    expect(await box.rows()).toEqual([`${vip} eth0`, '192.0.2.11 eth0']);
    expect((await box.get('pools')).find(({ name }) => name === 'backwards')?.valid).toBe(false);
    expect(
      (await box.get('policies'))
        .find(({ name }) => name === 'bad')
        ?.conditions.some(({ status }) => status === 'True'),
    ).toBe(true);
    expect(await codes()).not.toContain('STALE-CFG');
  });

  test('a path that vanished or is empty frees nothing; an explicit empty file is obeyed', async () => {
    await box.start();
    const away = `${box.config}-away`;
    renameSync(box.config, away);
    expect((await box.lanlord('reload')).code).toBe(1);
    await isStale(1);
    mkdirSync(box.config);
    expect((await box.lanlord('reload')).code).toBe(1);
    await isStale(1);
    rmSync(box.config, { recursive: true });
    renameSync(away, box.config);
    await box.reload();
    expect((await box.lanlord('status')).code).toBe(0);
    for (const file of ['10-pool.yaml', '20-policy.yaml', '30-web.yaml']) box.write(file, '');
    expect(await box.reload()).toContain('3 removed');
    expect(await box.rows()).toEqual([]);
    expect(await client.answersNow(vip)).toEqual([]);
  });

  test('a start with an unusable configuration goes on with the last applied one', async () => {
    await box.start();
    await box.stop();
    box.write('40-broken.yaml', '\tno yaml');
    await box.start();
    expect(box.log).toMatch(/^lanlord ready node=edge generation=1 links=eth0$/m);
    await isStale(1);
    await box.crash();
    rmSync(box.config, { recursive: true });
    await box.start();
    await isStale(1);
  });

  test('--strict-config, or nothing kept: a start with an unusable configuration prints what check prints, exit 1', async () => {
    await box.start();
    await box.stop();
    box.write('40-broken.yaml', 'kind: Pool\nkind: Pool\n');
    const strict = await box.runToEnd({ args: ['--strict-config'] });
    expect(strict.code).toBe(1);
    const check = await lab.exec(edge, [binary, 'check', box.config]);
    expect(check.code).toBe(1);
    const found = /40-broken\.yaml:2:1: error\[LL-CFG-\d{3}\]: .*/.exec(check.stdout + check.stderr)?.[0];
    expect(strict.said).toContain(found ?? 'an error with its place');
    const fresh = await box.runToEnd({ args: ['--state', join(box.folder, 'fresh')] });
    expect([fresh.code, fresh.said.includes(found ?? '?')]).toEqual([1, true]);
    expect(fresh.said).not.toContain('lanlord ready');
  });

  test('what is kept belongs to its paths: another path with a broken file starts nothing', async () => {
    await box.start();
    await box.stop();
    const elsewhere = join(box.folder, 'elsewhere');
    mkdirSync(elsewhere);
    expect((await box.runToEnd({ paths: [elsewhere] })).code).toBe(1);
  });
});
