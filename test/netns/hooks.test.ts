// The operator's program at transitions (L-4, L-6): what it is told, and that nothing waits for it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`hooks${skipped}`);

const vip = '192.0.2.10';
const boxMac = '02:00:00:00:00:01';

describe.skipIf(skipped !== '')(`hooks${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let client: Asker;
  let told = '';

  beforeAll(() => {
    lab = new Lab(`ll-hook${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], boxMac);
    client = new Asker(lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    told = join(box.folder, 'told');
  });
  afterEach(() => box?.close());
  afterAll(() => {
    client?.close();
    lab?.close();
  });

  /** Writes the hook, and a configuration that names it. */
  function hook(body: string, settings = '', mode = 0o755): string {
    const program = join(box.folder, 'hook.sh');
    writeFileSync(program, `#!/bin/sh\n${body}\n`);
    chmodSync(program, mode);
    const spec = nodeConfig(`{reload: {watch: false}, hooks: {onChange: ${program}${settings}}}`);
    box.write('all.yaml', documents(pool('p', vip, '192.0.2.19'), service('web'), policy('lan'), spec));
    return program;
  }

  const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
  const isAnswered = async () => (await client.whoHas(vip)).includes(boxMac);

  test('it hears of leadership at the start and of its end at the stop, as arguments and as JSON', async () => {
    hook(`echo "$@" >> ${told}; cat >> ${told}`);
    await box.start();
    expect(await box.within(patience, async () => lines().length === 2)).toBe(true);
    const [args, json] = lines();
    expect(args).toBe(`leader ${vip} eth0`);
    expect(JSON.parse(json ?? '')).toMatchObject({
      ...{ apiVersion: 'lanlord.dev/v1', kind: 'HookEvent', event: 'leader', ip: vip, interface: 'eth0' },
      ...{ services: ['default/web'], node: 'edge', virtualRouterId: 0, cause: 'announced' },
    });
    expect(await box.stop()).toBe(0);
    expect(lines()[2]).toBe(`standby ${vip} eth0`);
    expect(JSON.parse(lines()[3] ?? '')).toMatchObject({ event: 'standby', cause: 'stopped' });
  });

  test("a notify script of keepalived's is called as keepalived does", async () => {
    hook(`echo "$@" >> ${told}`, ', arguments: keepalived');
    await box.start();
    await box.stop();
    expect(lines()).toEqual([`INSTANCE ${vip} MASTER 255`, `INSTANCE ${vip} BACKUP 255`]);
  });

  test('a stranger on the address is told, with its MAC', async () => {
    hook(`cat >> ${told}`);
    await box.start();
    expect(await isAnswered()).toBe(true);
    client.send(client.request(vip, { sender: vip }));
    expect(await box.within(patience, async () => lines().some((line) => line.includes('"event":"conflict"')))).toBe(
      true,
    );
    const conflict = lines().find((line) => line.includes('"event":"conflict"'));
    expect(JSON.parse(conflict ?? '')).toMatchObject({ ip: vip, interface: 'eth0', other: client.mac });
  });

  test('a hook that hangs is killed and logged, and nothing waits for it', async () => {
    hook('sleep 60', ', timeout: 500ms');
    await box.start();
    expect(await isAnswered()).toBe(true);
    expect(await box.says(/Hook ".*hook\.sh" for leader of 192\.0\.2\.10: killed after 0\.5 s/)).not.toBe(null);
  });

  test('one that fails is logged with what it said', async () => {
    hook('echo no bridge >&2; exit 1');
    await box.start();
    expect(await box.says(/for leader of 192\.0\.2\.10: exit code 1: no bridge/)).not.toBe(null);
  });

  test.each([
    ['missing', '', 0o755, 'no such file'],
    ['not executable', 'exit 0', 0o644, 'not executable'],
    ['writable by everybody', 'exit 0', 0o777, 'writable by everybody'],
  ])(
    'one that is %s is refused by check, is not run, and addresses are answered all the same',
    async (_, body, mode, why) => {
      const program = hook(body, '', mode);
      if (body === '') Bun.spawnSync(['rm', program]);
      const checked = await lab.exec(edge, [...box.command.slice(0, 1), 'check', box.config]);
      expect(checked.code).toBe(1);
      expect(checked.stdout + checked.stderr).toContain('error[LL-CFG-044]');
      expect(checked.stdout + checked.stderr).toContain(why);
      await box.start();
      expect(await isAnswered()).toBe(true);
      expect(await box.says(new RegExp(`for leader of 192\\.0\\.2\\.10: not run: ${why}`))).not.toBe(null);
    },
  );
});
