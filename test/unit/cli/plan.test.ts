// `plan` through the real program, against a daemon's state that is served here.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanAnswer } from '#control/protocol.ts';
import { type ControlServer, startControlServer } from '#control/server.ts';
import { checkPaths } from '#sources/file/check.ts';
import { FileSource } from '#sources/file/file-source.ts';
import { daemonView, fakeBackend } from '../../support/daemon-view.ts';
import { documents, nodeConfig, policy, pool, service } from '../../support/manifests.ts';
import { networkInterface } from '../../support/objects.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';
import { addressesOn, World } from '../../support/world.ts';

const root = join(import.meta.dir, '../../..');
const directory = scratchDirectory();
const running = join(directory, 'running');
const socket = join(directory, 'x.sock');
const servers: ControlServer[] = [];

const settings = nodeConfig('{node: {name: edge-1}}');
const web = service('web');
const blue = pool('blue', '192.0.2.10', '192.0.2.19');
const lan = policy('lan');

/** Serves the state of a daemon that runs these manifests. */
beforeAll(async () => {
  mkdirSync(running);
  writeFileSync(join(running, 'all.yaml'), documents(settings, blue, lan, web, service('api', { port: 81 })));
  const source = new FileSource({
    paths: [running],
    nodeName: 'x',
    store: { firstSeen: (keys) => new Map(keys.map((key) => [key, 1000])) },
    clock: { wallMs: () => 1000 },
  });
  const loaded = await source.load();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const world = new World({
    config: loaded.config,
    node: { name: 'edge-1', labels: { 'kubernetes.io/hostname': 'edge-1' } },
    interfaces: [addressesOn(networkInterface('eth0'), '192.0.2.1/24')],
  });
  world.round(loaded.inputs);
  const backend = fakeBackend(daemonView({ snapshot: world.snapshot, paths: [running] }));
  const control = { socket, group: 'root', adminSocket: join(directory, 'x.admin'), adminGroup: 'root' };
  const started = await startControlServer(backend, control, { write: () => {} });
  if (!started.ok) throw new Error(JSON.stringify(started));
  servers.push(started.server);
});

afterAll(() => Promise.all(servers.map((server) => server.close())));

async function plan(args: readonly string[], socketPath = socket) {
  const child = Bun.spawn([process.execPath, join(root, 'src/main.ts'), 'plan', ...args], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, LANLORD_SOCKET: socketPath, LANG: 'C.UTF-8' },
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, err, code: await child.exited };
}

let count = 0;
/** The path of a file with these manifests. */
function candidate(...texts: readonly string[]): string {
  const file = join(directory, `candidate-${++count}.yaml`);
  writeFileSync(file, documents(...texts));
  return file;
}

async function json(file: string): Promise<PlanAnswer> {
  return JSON.parse((await plan(['-c', file, '-o', 'json'])).out);
}

const api = service('api', { port: 81 });

test('what runs, also in other files and another order, is no change and ends with 0', async () => {
  for (const args of [[], ['-c', running], ['-c', candidate(api, web, lan, blue, settings)]]) {
    const { code, out, err } = await plan(args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^No changes: \/.* says what generation 17 runs\.\n$/);
  }
});

test('names the VIPs that lose their answer, move and are new, worst first, and the objects with their places', async () => {
  const file = candidate(
    settings,
    pool('blue', '192.0.2.11', '192.0.2.19'),
    lan,
    web,
    api,
    service('new', { port: 82 }),
  );
  const { code, out } = await plan(['-c', file]);
  expect(code).toBe(1);
  expect(out).toBe(
    [
      `~ CiliumLoadBalancerIPPool/blue  ${file}:11  spec.blocks[0].start "192.0.2.10" -> "192.0.2.11"  (10 -> 9 addresses)`,
      `+ Service/default/new            ${file}:44  (gets 192.0.2.13)`,
      'VIPs:',
      '  IP CHANGE  192.0.2.10  default/api  192.0.2.10 -> 192.0.2.12',
      '  new        192.0.2.13  default/new  nobody -> edge-1',
      '  unchanged  1',
      'Plan: 1 to add, 1 to change, 0 to remove; 0 VIPs lose their answer, 1 changes its address, 1 new.',
      '',
    ].join('\n'),
  );
});

test('as JSON it has the fields of the contract, and what people see, too', async () => {
  const answer = await json(candidate(settings, blue, web, api));
  expect(answer).toMatchObject({ apiVersion: 'lanlord.dev/v1', kind: 'Plan', node: 'edge-1', generation: 17 });
  expect(answer.changes).toEqual(
    ['192.0.2.10', '192.0.2.11'].map((ip, i) => ({
      ip,
      service: i === 0 ? 'default/api' : 'default/web',
      from: 'edge-1',
      to: null,
      impact: 'outage',
      message: expect.stringContaining('No CiliumL2AnnouncementPolicy'),
    })),
  );
  expect(answer.objects).toMatchObject([
    { change: 'removed', name: 'lan', file: join(running, 'all.yaml'), effect: 'drops 192.0.2.10, 192.0.2.11' },
  ]);
});

test('a document error is shown as by check, and nothing is planned', async () => {
  const file = candidate(settings, blue.replace('blocks:', 'blokcs:'));
  const { code, out } = await plan(['-c', file]);
  expect(code).toBe(1);
  const [checked] = (await checkPaths([file])).problems;
  expect(out).toContain(`${file}:${checked?.line}:${checked?.column}: error[${checked?.code}]: ${checked?.message}\n`);
  expect(out).toContain('blokcs:\n     |   ^^^^^^');
  expect(out).toEndWith('Plan: nothing would be applied, generation 17 would go on running.\n');
  expect(await json(file)).toMatchObject({ kind: 'Plan', applicable: false, changes: [], problems: [{ file }] });
});

test('an object error is shown, ends with 1, and the rest is planned', async () => {
  const wrong = pool('red', '192.0.2.40', '192.0.2.30');
  const { code, out } = await plan(['-c', candidate(settings, blue, wrong, lan, web, api)]);
  expect(code).toBe(1);
  expect(out).toMatch(/error\[LL-CFG-\d{3}\]/);
  expect(out).toContain('+ CiliumLoadBalancerIPPool/red');
  expect(out).toContain('unchanged  2');
});

test('an address of the box itself is an error here as at a reload', async () => {
  const { code, out } = await plan(['-c', candidate(settings, blue, lan, service('web', { ips: '192.0.2.1' }), api)]);
  expect(code).toBe(1);
  expect(out).toContain('default/web asks for 192.0.2.1');
});

test('a service that would get no address is listed', async () => {
  const tight = pool('blue', '192.0.2.10', '192.0.2.11');
  const answer = await json(candidate(settings, tight, lan, web, api, service('new', { port: 82 })));
  expect(answer.pending).toEqual([{ service: 'default/new', message: expect.stringContaining('ran out of') }]);
});

test('a path that is gone ends with 1, without a daemon with 3', async () => {
  expect((await plan(['-c', join(directory, 'none.yaml')])).code).toBe(1);
  expect(await plan(['-c', running], join(directory, 'none.sock'))).toMatchObject({ code: 3, out: '' });
});
