// What the running binary says about its settings and its files: where each value comes from, what was skipped, what is newer.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import type { ConfigAnswer } from '#control/config-answer.ts';
import type { Items } from '#control/protocol.ts';
import { Box, binary, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`settings${skipped}`);
setDefaultTimeout(60_000);
/** A file is written, the kernel tells, and the watcher lets it settle. */
const patience = 15_000;

describe.skipIf(skipped !== '')(`settings${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;

  beforeAll(() => {
    lab = new Lab(`ll-st${process.pid}`);
    edge = lab.addHost('edge-1', ['192.0.2.1/24'], '02:00:00:00:53:01');
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    box.write('node.yaml', nodeConfig('{journal: {keep: 500}, reload: {watch: false}}'));
    box.write('pool.yaml', pool('blue', '192.0.2.10', '192.0.2.19'));
    box.write('policy.yaml', policy('lan'));
    box.write('services.yaml', documents(...['a', 'b', 'c', 'd', 'e'].map((name) => service(name))));
  });
  afterEach(() => box?.close());
  afterAll(() => lab?.close());

  const settings = async (socket: readonly string[] = []) => {
    const { stdout } = await lab.exec(edge, [binary, 'config', 'show', '-o', 'json', ...socket]);
    const answer = JSON.parse(stdout) as ConfigAnswer;
    return { answer, of: new Map(answer.settings.map((setting) => [setting.path, setting])) };
  };
  const problems = async (code: string) => {
    const { stdout } = await box.lanlord('get', 'problems', '--filter', `code:${code}`, '-o', 'json');
    return (JSON.parse(stdout) as { items: readonly Items['problems'][] }).items;
  };

  test('config show names option, file with line and column, or default of every setting', async () => {
    await box.start();
    const { of, answer } = await settings(['--socket', box.socket]);
    const node = join(box.config, 'node.yaml');
    expect(of.get('control.socket')).toMatchObject({ value: box.socket, origin: 'command line', by: '--socket' });
    expect((await box.status()).adminSocket).toBe(String(of.get('control.adminSocket')?.value));
    expect(of.get('node.name')).toMatchObject({ value: 'edge-1', by: '--node' });
    expect(of.get('journal.keep')).toMatchObject({ value: 500, origin: 'configured', file: node });
    expect(of.get('limits.addresses')).toMatchObject({ origin: 'default', file: null, by: '' });
    expect(answer.options).toContainEqual({ path: 'state', value: box.state, by: '--state', origin: 'command line' });
    const { stdout } = await box.lanlord('config', 'show');
    expect(stdout).toMatch(/^control\.socket +\S+ +--socket$/m);
    expect(stdout).toMatch(/^journal\.keep +500 +\S+node\.yaml:\d+:\d+$/m);
    expect(stdout).toMatch(/^delivery +none +default$/m);
    expect(stdout).toMatch(/^--state +\S+ +command line$/m);
    expect(stdout).toMatch(/^--log-format +text +default$/m);
    const file = join(box.folder, 'shown.yaml');
    await Bun.write(file, (await box.lanlord('config', 'show', '-o', 'yaml')).stdout);
    expect((await lab.exec(edge, [binary, 'check', file])).code).toBe(0);
  });

  test('status --brief tells files that wait for a reload, and that they wait no longer', async () => {
    await box.start();
    const brief = async () => (await box.lanlord('status', '--brief')).stdout;
    expect(await brief()).toContain(' config=1/ok ');
    box.write('more.yaml', service('more'));
    expect(await box.within(patience, async () => (await brief()).includes(' config=1/changed '))).toBe(true);
    await box.reload();
    expect(await brief()).toContain(' config=2/ok ');
  });

  test('an election mode that has no effect is said at the start, before ready', async () => {
    await box.start({ args: ['--election', 'lease'] });
    expect(box.log).toMatch(/^lanlord: --election lease is not available .*as if it were alone[\s\S]*^lanlord ready /m);
    expect(await problems('ELECTION')).toMatchObject([{ severity: 'critical' }]);
  });

  test('the same in a file is said with its place in the problem', async () => {
    box.write('node.yaml', nodeConfig('{election: {mode: lease}}'));
    await box.start();
    expect(box.log).toContain('lanlord: election.mode: lease is not available');
    const [problem] = await problems('ELECTION');
    expect(problem?.message).toMatch(/^\S+node\.yaml:\d+:\d+: election\.mode lease /);
  });

  test('an invalid pool names the line of its mistake; a pool of MetalLB what to write in its place', async () => {
    box.write('red.yaml', pool('red', '192.0.2.30', '192.0.2.20'));
    box.write(
      'metallb.yaml',
      'apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: old}\nspec: {addresses: [192.0.2.40-192.0.2.49]}\n',
    );
    await box.start();
    const [invalid] = await problems('INVALID');
    expect(invalid?.message).toMatch(/^\S+red\.yaml:[2-9]\d*:\d+: Pool "red" is invalid: /);
    const [foreign] = await problems('FOREIGN');
    expect(foreign?.message).toMatch(/^\S+metallb\.yaml:2:7: kind "IPAddressPool" is a pool of MetalLB/);
    expect(foreign?.hint).toContain('{start: "192.0.2.40", stop: "192.0.2.49"}');
    const checked = await lab.exec(edge, [binary, 'check', join(box.config, 'metallb.yaml')]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain('warning[LL-CFG-046]');
  });

  test('addresses whose traffic ends here are one problem, with all of them in JSON', async () => {
    await box.start();
    expect(await box.within(patience, async () => (await problems('NODELIVERY')).length === 1)).toBe(true);
    const [problem] = await problems('NODELIVERY');
    expect(problem?.objects).toEqual([10, 11, 12, 13, 14].map((n) => `ip/192.0.2.${n}`));
    const { stdout } = await box.lanlord('get', 'problems', '--filter', 'vip:192.0.2.14', '-o', 'json');
    expect(JSON.parse(stdout).items).toMatchObject([{ code: 'NODELIVERY' }]);
  });

  test('many pending services are two lines of status, and every one of them in JSON', async () => {
    box.write('services.yaml', documents(...Array.from({ length: 60 }, (_, i) => service(`s${i}`))));
    await box.start();
    const { stdout } = await box.lanlord('status');
    expect(stdout).toMatch(/^▲ PEND +50 of them: default\/s\d+, .* and 47 more; the first: /m);
    expect(stdout.split('\n').length).toBeLessThan(20);
    expect(await problems('PEND')).toHaveLength(50);
  });
});
