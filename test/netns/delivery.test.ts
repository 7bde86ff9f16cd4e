// `delivery: local` by the compiled binary: traffic arrives, the kernel never answers ARP itself, everything is put back.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped('arping', 'curl', 'sysctl');
if (skipped !== '') console.log(`delivery${skipped}`);

const vip = '192.0.2.10';
const second = '192.0.2.11';
const boxMac = '02:00:00:00:00:01';
const page = 'delivered';

describe.skipIf(skipped !== '')(`delivery${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let host: LabHost;
  let box: Box;
  let client: Asker;

  beforeAll(() => {
    lab = new Lab(`ll-del${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], boxMac);
    // On the same LAN, not selected by the policy.
    lab.addCable(edge, 'lan1', '02:00:00:00:00:02');
    ipIn(lab, edge, 'address', 'add', '192.0.2.2/24', 'dev', 'lan1');
    host = lab.addHost('client', ['192.0.2.200/24'], '02:00:00:00:00:aa');
    client = new Asker(host, '192.0.2.201');
    serve();
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    configure('local');
  });
  afterEach(() => box?.close());
  afterAll(() => {
    // Tests that kill the box leave its record behind, as a crash does.
    if (edge) rmSync(record(), { recursive: true, force: true });
    client?.close();
    lab?.close();
  });

  function configure(delivery: 'local' | 'none', services = [service('one'), service('two')]): void {
    const settings = nodeConfig(
      `{delivery: ${delivery}, reload: {watch: false}, announce: {burst: [0ms], refresh: 24h}}`,
    );
    box.write('all.yaml', documents(pool('p', vip, '192.0.2.19'), ...services, policy('lan'), settings));
  }

  /** A web page on every address of the box. Ends with the lab. */
  function serve(): void {
    const program = `Bun.serve({ port: 80, hostname: '::', fetch: () => new Response('${page}') })`;
    Bun.spawn(['ip', 'netns', 'exec', edge.namespace, process.execPath, '-e', program], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
  }

  const curl = async (address: string) =>
    (
      await lab.exec(host, [
        'curl',
        '-sS',
        '--retry',
        '20',
        '--retry-connrefused',
        '--retry-delay',
        '1',
        '-m',
        '10',
        `http://${address}/`,
      ])
    ).stdout;
  /** Where the box writes down what it changed, beside its state directory. */
  const record = () => `/run/lanlord/net-${statSync(`/run/netns/${edge.namespace}`).ino}`;
  const onLo = () =>
    [...ipIn(lab, edge, '-o', 'address', 'show', 'dev', 'lo').matchAll(/inet6? (\S+)/g)].map((found) => found[1]);
  const sysctl = async (name: string) =>
    Promise.all(
      ['arp_ignore', 'arp_announce'].map(async (key) =>
        Number((await lab.exec(edge, ['sysctl', '-n', `net.ipv4.conf.${name}.${key}`])).stdout),
      ),
    );
  const nothingLeft = async () => {
    expect(onLo()).toEqual(['127.0.0.1/8', '::1/128']);
    expect([await sysctl('eth0'), await sysctl('lan1')]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  };
  /** Every answer to one broadcast request, from whichever interface of the box. */
  const answers = async (address: string) =>
    (await client.replyTo(address, [client.request(address)])).map(({ senderMac }) => senderMac);

  test('curl reaches a process on the box; one answer per request, from the selected interface alone', async () => {
    await box.start();
    expect(await curl(vip)).toBe(page);
    expect(await curl(second)).toBe(page);
    for (let i = 0; i < 5; i++) expect(await answers(vip)).toEqual([boxMac]);
    expect(await lab.whoAnswers(host, vip)).toEqual([boxMac]);
    expect(onLo()).toEqual(['127.0.0.1/8', `${vip}/32`, `${second}/32`, '::1/128']);
    expect(ipIn(lab, edge, 'address', 'show', 'dev', 'lo')).toContain('lo:lanlord');
    expect(await box.rows()).toEqual([`${vip} eth0`, `${second} eth0`]);
  });

  test('R-19: another interface of the box on the same LAN keeps silent about addresses on lo', async () => {
    await box.start();
    const toOther = client.request(vip, { to: '02:00:00:00:00:02' });
    expect(await client.replyTo(vip, [toOther], second)).toEqual([]);
  });

  test('R-19: an interface that comes while addresses are on lo is silenced, too', async () => {
    await box.start();
    lab.addCable(edge, 'lan2', '02:00:00:00:00:04');
    expect(await box.within(patience, async () => String(await sysctl('lan2')) === '1,2')).toBe(true);
    const toNew = client.request(vip, { to: '02:00:00:00:00:04' });
    expect(await client.replyTo(vip, [toNew], second)).toEqual([]);
    expect(await box.stop()).toBe(0);
    expect(await sysctl('lan2')).toEqual([0, 0]);
    ipIn(lab, edge, 'link', 'delete', 'lan2');
  });

  test('an address that is withdrawn leaves lo, the others stay reachable', async () => {
    await box.start();
    configure('local', [service('two')]);
    await box.reload();
    expect(onLo()).toEqual(['127.0.0.1/8', `${second}/32`, '::1/128']);
    expect(await answers(vip)).toEqual([]);
    expect(await curl(second)).toBe(page);
  });

  test('L-4: a clean stop puts addresses and settings back', async () => {
    await box.start();
    expect(await answers(vip)).toEqual([boxMac]);
    expect(existsSync(record())).toBe(true);
    expect(await box.stop()).toBe(0);
    await nothingLeft();
    expect([existsSync(record()), existsSync(join(box.state, 'delivery-local.json'))]).toEqual([false, false]);
    expect(await answers(vip)).toEqual([]);
  });

  test('L-5: kill -9: silent at once although the addresses are on lo; the next start takes them over', async () => {
    await box.start();
    expect(await answers(vip)).toEqual([boxMac]);
    await box.crash();
    expect(onLo()).toContain(`${vip}/32`);
    expect(await answers(vip)).toEqual([]);
    expect(await lab.whoAnswers(host, vip)).toEqual([]);
    await box.start();
    expect(await box.addressesOf('one')).toEqual([vip]);
    expect(await curl(vip)).toBe(page);
    expect(await box.stop()).toBe(0);
    await nothingLeft();
  });

  test('L-5: leftovers of a crash are cleaned up by a start that does not want them', async () => {
    await box.start();
    await box.crash();
    configure('local', [service('two', { ips: second })]);
    await box.start();
    expect(onLo()).toEqual(['127.0.0.1/8', `${second}/32`, '::1/128']);
    await box.crash();
    configure('none');
    await box.start();
    await nothingLeft();
    expect(await answers(second)).toEqual([boxMac]);
  });

  test('leftovers are known without the state directory, too', async () => {
    await box.start();
    await box.crash();
    rmSync(box.state, { recursive: true });
    await box.start();
    expect(await answers(vip)).toEqual([boxMac]);
    expect((await box.get('problems')).filter(({ code }) => code === 'OWN')).toEqual([]);
    expect(await box.stop()).toBe(0);
    await nothingLeft();
  });

  test('from local to none by reload: everything is put back, still answered', async () => {
    await box.start();
    configure('none');
    await box.reload();
    await nothingLeft();
    expect(await answers(vip)).toEqual([boxMac]);
    configure('local');
    await box.reload();
    expect(await curl(vip)).toBe(page);
  });

  test('delivery none leaves nothing behind, running, killed or stopped', async () => {
    configure('none');
    await box.start();
    expect(await answers(vip)).toEqual([boxMac]);
    await nothingLeft();
    await box.crash();
    await nothingLeft();
    expect(await answers(vip)).toEqual([]);
    await box.start();
    expect(await box.stop()).toBe(0);
    await nothingLeft();
  });

  test('without CAP_NET_ADMIN it still answers, and says what it cannot do', async () => {
    await box.start({ through: ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'] });
    expect(await answers(vip)).toEqual([boxMac]);
    const problem = (await box.get('problems')).find(({ code }) => code === 'DELIVERY');
    expect(problem?.message).toContain('CAP_NET_ADMIN');
    await nothingLeft();
  });

  test('two boxes on one machine, each in its own namespace, do not disturb each other', async () => {
    const other = lab.addHost('edge2', ['192.0.2.3/24'], '02:00:00:00:00:03');
    const twin = new Box(lab, other);
    twin.write('all.yaml', (await Bun.file(join(box.config, 'all.yaml')).text()).replaceAll('192.0.2.1', '192.0.2.5'));
    await box.start();
    await twin.start();
    expect(await twin.stop()).toBe(0);
    await box.crash();
    // What the second one wrote down and removed was its own: the first one still knows what it had changed.
    rmSync(box.state, { recursive: true });
    configure('none');
    await box.start();
    await nothingLeft();
    await twin.close();
  });
});
