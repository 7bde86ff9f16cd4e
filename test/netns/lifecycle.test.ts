// Start, stop, a second instance, missing rights and bad disks: the compiled binary as a service manager sees it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { NotifyReceiver } from '../support/notify-receiver.ts';

const skipped = whySkipped('setpriv', 'unshare', 'mount');
if (skipped !== '') console.log(`lifecycle${skipped}`);

const vip = '192.0.2.10';
const boxMac = '02:00:00:00:00:01';

describe.skipIf(skipped !== '')(`lifecycle${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let client: Asker;

  beforeAll(() => {
    lab = new Lab(`ll-life${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], boxMac);
    lab.addCable(edge, 'eth1', '02:00:00:00:00:02');
    client = new Asker(lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    const settings = nodeConfig('{reload: {watch: false}, announce: {burst: [0ms, 300ms], refresh: 24h}}');
    box.write(
      'all.yaml',
      documents(pool('p', vip, '192.0.2.19'), service('web'), policy('lan', { interfaces: ['^eth'] }), settings),
    );
  });
  afterEach(() => box?.close());
  afterAll(() => {
    client?.close();
    lab?.close();
  });

  const isAnswered = async () => (await client.whoHas(vip)).includes(boxMac);
  /** Mounts something over the state directory that nobody else sees, then goes on. */
  const withMount = (options: string) => {
    mkdirSync(box.state);
    const script = `mount -t tmpfs -o ${options} none '${box.state}' && exec "$@"`;
    return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'];
  };
  const stateProblem = async () => (await box.get('problems')).find(({ code }) => code === 'STATE');

  test('the ready line is exactly what the contract says, and comes once', async () => {
    await box.start();
    const lines = box.log.split('\n').filter((line) => line.startsWith('lanlord ready'));
    expect(lines).toEqual(['lanlord ready node=edge generation=1 links=eth0,eth1']);
  });

  test('systemd is told READY=1 once ready, RELOADING and READY around a reload, STOPPING at the end', async () => {
    const receiver = new NotifyReceiver(join(box.folder, 'notify'));
    const env = { NOTIFY_SOCKET: receiver.path, WATCHDOG_USEC: '400000' };
    await box.start({ env });
    const told: string[] = [];
    const hears = (pattern: RegExp) =>
      box.within(patience, async () => {
        told.push(...receiver.take());
        return told.some((text) => pattern.test(text));
      });
    expect(await hears(/^READY=1\nSTATUS=/)).toBe(true);
    expect(await hears(/^WATCHDOG=1$/)).toBe(true);
    told.length = 0;
    box.signal('SIGHUP');
    expect(await hears(/^RELOADING=1\nMONOTONIC_USEC=\d+$/)).toBe(true);
    expect(await hears(/^READY=1\nSTATUS=generation 1 applied/)).toBe(true);
    told.length = 0;
    box.write('broken.yaml', 'kind: [');
    box.signal('SIGHUP');
    expect(await hears(/^READY=1\nSTATUS=nothing applied, .*broken\.yaml:1:/)).toBe(true);
    await box.stop();
    expect(await hears(/^STOPPING=1$/)).toBe(true);
    receiver.close();
  });

  test('L-4: SIGTERM: exit 0, silent, no socket left; so does SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await box.start();
      expect(await isAnswered()).toBe(true);
      box.signal(signal);
      const since = performance.now();
      expect(await box.ended()).toBe(0);
      expect(performance.now() - since).toBeLessThan(5000);
      client.clear();
      await client.listen(500);
      expect(client.heard.filter(({ sender }) => sender === vip)).toEqual([]);
      expect(await client.answersNow(vip)).toEqual([]);
      expect(existsSync(box.socket)).toBe(false);
    }
  });

  test('SIGHUP before it is ready does not end it', async () => {
    box.launch();
    for (let sent = 0; sent < 200 && !box.log.includes('lanlord ready'); sent++) {
      // Before the runtime is up nobody has had a chance to say what SIGHUP means.
      const handled = /SigCgt:\s+(\w+)/.exec(await Bun.file(`/proc/${box.pid}/status`).text())?.[1] ?? '0';
      if (Number.parseInt(handled.slice(-4), 16) & 0x4000) box.signal('SIGHUP');
      await Bun.sleep(2);
    }
    expect(await box.says(/^lanlord ready/m)).not.toBeNull();
    expect(await isAnswered()).toBe(true);
  });

  test('L-5: kill -9: silent at once, nothing left on the box; the next start needs no cleaning', async () => {
    const facts = async () =>
      (
        await lab.exec(edge, [
          'sh',
          '-c',
          'ip -4 address; ip neighbor show nud permanent; sysctl -a 2>/dev/null | grep -E "arp_(ignore|announce)"',
        ])
      ).stdout;
    const before = await facts();
    await box.start();
    expect(await isAnswered()).toBe(true);
    await box.crash();
    expect(await client.answersNow(vip)).toEqual([]);
    expect(await facts()).toBe(before);
    await box.start();
    expect(await isAnswered()).toBe(true);
  });

  test('L-9: a second instance on the same socket is refused with the pid, exit 5', async () => {
    await box.start();
    const { pid } = box;
    const second = await lab.exec(edge, [...command(), '--socket', box.socket, '--state', join(box.folder, 'other')]);
    expect(second.code).toBe(5);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(second.stderr).toContain(`pid ${pid} `);
    expect(await isAnswered()).toBe(true);
  });

  test('L-9: a second instance on the same state directory is refused with the pid, exit 5', async () => {
    await box.start();
    const { pid } = box;
    const second = await lab.exec(edge, [...command(), '--socket', join(box.folder, 'b.sock'), '--state', box.state]);
    expect(second.code).toBe(5);
    expect(second.stderr).toContain(`pid ${pid} `);
    expect(second.stderr).toContain(box.state);
    expect((await box.status()).state).toBe('ok');
  });

  const command = () => [...box.command, '-c', box.config];

  test('L-8: without CAP_NET_RAW: one clear line with the way out, exit 4', async () => {
    const through = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw'];
    const { code, said } = await box.runToEnd({ through });
    expect(code).toBe(4);
    const lines = said.split('\n').filter((line) => line.startsWith('lanlord: '));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('CAP_NET_RAW');
    expect(lines[0]).toContain('AmbientCapabilities');
    expect(said).not.toContain('lanlord ready');
  });

  test('with CAP_NET_RAW alone, as nobody, it answers', async () => {
    const only = '-all,+net_raw';
    const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    await lab.exec(edge, [
      'sh',
      '-c',
      `mkdir -p '${box.state}'; chown -R 65534 '${box.folder}'; chmod 755 '${box.folder}'`,
    ]);
    await box.start({
      through: [...through, `--bounding-set=${only}`, `--inh-caps=${only}`, `--ambient-caps=${only}`],
    });
    expect(await isAnswered()).toBe(true);
    expect(await stateProblem()).toBeUndefined();
  });

  test('L-10: a read-only state directory is told and not fatal', async () => {
    await box.start({ through: withMount('ro') });
    expect(await isAnswered()).toBe(true);
    expect(await stateProblem()).toMatchObject({ severity: 'critical' });
    box.write('more.yaml', service('second'));
    await box.reload();
    expect(await client.whoHas('192.0.2.11')).toContain(boxMac);
  });

  test('L-10: a state directory that cannot be made is told and not fatal; one that can is made', async () => {
    writeFileSync(join(box.folder, 'file'), '');
    await box.start({ args: ['--state', join(box.folder, 'file', 'state')] });
    expect(await isAnswered()).toBe(true);
    expect(await stateProblem()).toMatchObject({ severity: 'critical' });
    await box.stop();
    await box.start({ args: ['--state', join(box.folder, 'deep', 'er', 'state')] });
    expect(await stateProblem()).toBeUndefined();
    expect(readdirSync(join(box.folder, 'deep', 'er', 'state'))).toContain('state.db');
  });

  test('L-10: a full disk: it keeps serving from memory, says so, and takes changes', async () => {
    await box.start({ through: withMount('size=64k') });
    const services = [...Array(300).keys()].map((i) => service(`s${i}`, { ips: `10.0.${i >> 8}.${i & 255}` }));
    box.write('many.yaml', documents(pool('big', '10.0.0.0', '10.0.9.255'), ...services));
    await box.reload();
    expect(await client.whoHas(vip)).toContain(boxMac);
    expect((await box.get('ips')).length).toBe(301);
    expect(await stateProblem()).toMatchObject({ severity: 'critical' });
    expect((await box.lanlord('status')).code).toBe(1);
    box.write('more.yaml', service('second', { ips: '192.0.2.12' }));
    await box.reload();
    expect(await client.whoHas('192.0.2.12')).toContain(boxMac);
  });

  test('the binary takes neither .env nor bunfig.toml of the folder it is started in', async () => {
    const cwd = join(box.folder, 'cwd');
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), `LANLORD_SOCKET=/nowhere/lanlord.sock\nNOTIFY_SOCKET=/nowhere\n`);
    writeFileSync(join(cwd, 'preload.js'), `require('node:fs').writeFileSync('${cwd}/loaded', '');\n`);
    writeFileSync(join(cwd, 'bunfig.toml'), 'preload = ["./preload.js"]\n');
    await box.start({ cwd });
    expect(await isAnswered()).toBe(true);
    const env = (await Bun.file(`/proc/${box.pid}/environ`).text()).split('\0');
    expect(env.filter((entry) => entry.includes('/nowhere'))).toEqual([]);
    expect(existsSync(join(cwd, 'loaded'))).toBe(false);
  });
});
