// IPv6 as other hosts see it: their kernels' neighbor tables, ndisc6, duplicate address detection, MLD, curl.
// Read RFC 4861 §7.2 and RFC 4862 §5.4 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { NeighborAsker } from '../support/neighbor-asker.ts';

const skipped = whySkipped('ndisc6', 'tshark', 'curl', 'sysctl');
if (skipped !== '') console.log(`ndp-hosts${skipped}`);

const vip = '2001:db8::10';
/** Shares its solicited-node group with the other. */
const sharing = '2001:db8::1:0:10';
const boxMac = '02:00:00:00:00:01';
const page = 'delivered';

function ipv6Service(name: string, ips: string): string {
  return service(name, { ips }).replace('spec:\n', 'spec:\n  ipFamilies: [IPv6]\n');
}

describe.skipIf(skipped !== '')(`ndp-hosts${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let host: LabHost;
  let box: Box;
  let asker: NeighborAsker;

  beforeAll(async () => {
    lab = new Lab(`ll-nh${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24', '2001:db8::1/64'], boxMac);
    host = lab.addHost('client', ['192.0.2.200/24', '2001:db8::200/64'], '02:00:00:00:00:aa');
    asker = new NeighborAsker(host, '2001:db8::201');
    const program = `Bun.serve({ port: 80, hostname: '::', fetch: () => new Response('${page}') })`;
    Bun.spawn(['ip', 'netns', 'exec', edge.namespace, process.execPath, '-e', program], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    box = new Box(lab, edge);
    const settings = nodeConfig(
      '{delivery: local, reload: {watch: false}, announce: {burst: [0ms, 50ms, 200ms, 1100ms], refresh: 24h}}',
    );
    const pools = documents(pool('p6', vip, '2001:db8::1:0:ff'), pool('p4', '192.0.2.10', '192.0.2.19'));
    box.write('all.yaml', documents(pools, policy('lan'), settings));
    const dual = service('web').replace(
      'spec:\n',
      'spec:\n  ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv4, IPv6]\n',
    );
    box.write('web.yaml', dual);
    await box.start();
    await settled(host, 'eth0');
    await settled(edge, 'eth0');
  });
  afterAll(async () => {
    asker?.close();
    await box?.close();
    lab?.close();
  });

  const show = (of: LabHost, ...what: string[]) => ipIn(lab, of, '-6', ...what);
  /** Duplicate address detection is over there. */
  const settled = (of: LabHost, device: string) =>
    box.within(patience, async () => {
      const text = show(of, 'address', 'show', 'dev', device);
      return text.includes('fe80:') && !text.includes('tentative');
    });
  const neighbor = () => show(host, 'neigh', 'show', 'to', vip);
  const ping = (address: string) => lab.exec(host, ['ping', '-6', '-c', '1', '-W', '2', address]);
  const joined = () => show(edge, 'maddr', 'show', 'dev', 'eth0').includes('ff02::1:ff00:10');
  const link = async () => (await box.get('interfaces')).find(({ name }) => name === 'eth0');

  /** Fields of the frames that the client sees while `action` runs. */
  async function captured(
    filter: string,
    fields: readonly string[],
    action: () => Promise<unknown>,
  ): Promise<string[]> {
    const child = Bun.spawn(
      [
        ...['ip', 'netns', 'exec', host.namespace, 'tshark', '-l', '-i', 'eth0', '-f', 'icmp6 or ip6[6] = 0'],
        ...['-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
      ],
      { stdout: 'pipe', stderr: 'pipe' },
    );
    // It says so before it captures, and captures a moment later.
    const reader = child.stderr.getReader();
    for (let said = ''; !said.includes('Capturing'); ) {
      const { value, done } = await reader.read();
      if (done) break;
      said += new TextDecoder().decode(value);
    }
    await Bun.sleep(1000);
    await action();
    await Bun.sleep(1000);
    child.kill('SIGINT');
    return (await new Response(child.stdout).text()).split('\n').filter(Boolean);
  }

  test('a dual-stack service is reached by curl -6 and by IPv4, with delivery local', async () => {
    expect([...(await box.addressesOf('web'))].sort()).toEqual(['192.0.2.10', vip]);
    const curl = async (url: string) =>
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
          '20',
          url,
        ])
      ).stdout;
    expect(await curl(`http://[${vip}]/`)).toBe(page);
    expect(await curl('http://192.0.2.10/')).toBe(page);
  });

  test('the kernel of the box answers for nothing itself: one answer to one question', async () => {
    expect(await asker.whoHas(vip)).toEqual([boxMac]);
  });

  test('N-1: ndisc6 finds our MAC', async () => {
    const { code, stdout } = await lab.exec(host, ['ndisc6', '-1', '-r', '3', vip, 'eth0']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Target link-layer address: ${boxMac.toUpperCase()}`);
  });

  test("N-2: the client's kernel resolves it and keeps it reachable by asking again, by unicast", async () => {
    show(host, 'neigh', 'flush', 'to', vip);
    expect((await ping(vip)).code).toBe(0);
    expect(neighbor()).toContain(boxMac);
    show(host, 'neigh', 'replace', vip, 'lladdr', boxMac, 'nud', 'probe', 'dev', 'eth0');
    expect(await box.within(patience, async () => neighbor().includes('REACHABLE'))).toBe(true);
  });

  test('N-8: an announcement replaces a MAC that the client holds', async () => {
    show(host, 'neigh', 'replace', vip, 'lladdr', '02:00:00:00:00:bb', 'nud', 'stale', 'dev', 'eth0');
    // Whoever comes back announces everything.
    ipIn(lab, edge, 'link', 'set', 'eth0', 'down');
    ipIn(lab, edge, 'link', 'set', 'eth0', 'up');
    show(edge, 'address', 'replace', '2001:db8::1/64', 'dev', 'eth0', 'nodad');
    expect(await box.within(patience, async () => neighbor().includes(boxMac))).toBe(true);
  });

  test('N-7: after a link bounce it is answered again, with its group joined', async () => {
    ipIn(lab, edge, 'link', 'set', 'eth0', 'down');
    expect(await box.within(patience, async () => (await link())?.capture === 'down')).toBe(true);
    ipIn(lab, edge, 'link', 'set', 'eth0', 'up');
    show(edge, 'address', 'replace', '2001:db8::1/64', 'dev', 'eth0', 'nodad');
    // Its link-local address is tentative still; nobody has to wait for that.
    expect(await asker.whoHas(vip, 1000)).toEqual([boxMac]);
    expect(await box.within(patience, async () => joined())).toBe(true);
    await settled(edge, 'eth0');
  });

  test('N-3: a client that wants to take the address finds it taken', async () => {
    show(host, 'address', 'add', `${vip}/64`, 'dev', 'eth0');
    const failed = await box.within(patience, async () =>
      show(host, 'address', 'show', 'dev', 'eth0').includes('dadfailed'),
    );
    show(host, 'address', 'del', `${vip}/64`, 'dev', 'eth0');
    expect(failed).toBe(true);
  });

  test('ND-5: the group is reported by MLD, kept until the last VIP with its low 24 bits is gone, and left then', async () => {
    const fields = ['icmpv6.type', 'icmpv6.mldr.mar.record_type', 'icmpv6.mldr.mar.multicast_address'];
    const without = async () => {
      box.remove('web.yaml');
      await box.reload();
    };
    const leaving = await captured('icmpv6.type == 143', fields, without);
    expect(leaving.some((line) => line.includes('ff02::1:ff00:10'))).toBe(true);
    expect(joined()).toBe(false);

    const joining = await captured('icmpv6.type == 143', fields, async () => {
      box.write('one.yaml', ipv6Service('one', vip));
      box.write('two.yaml', ipv6Service('two', sharing));
      await box.reload();
    });
    // 4: CHANGE_TO_EXCLUDE_MODE, which is how a group is joined (RFC 3810 §5.2.12).
    expect(joining.some((line) => /^143\t.*\b4\b.*ff02::1:ff00:10/.test(line))).toBe(true);
    expect(await asker.whoHas(sharing)).toEqual([boxMac]);
    box.remove('one.yaml');
    await box.reload();
    expect(joined()).toBe(true);
    expect(await asker.whoHas(sharing)).toEqual([boxMac]);
    box.remove('two.yaml');
    await box.reload();
    expect(joined()).toBe(false);
  });

  test('N-9: an interface without any IPv6 address is silent and says why; when it gets a link-local one, all follows', async () => {
    box.write('one.yaml', ipv6Service('one', vip));
    await lab.exec(edge, ['sysctl', '-qw', 'net.ipv6.conf.eth0.addr_gen_mode=1']);
    show(edge, 'address', 'flush', 'dev', 'eth0');
    await box.reload();
    expect(await box.within(patience, async () => (await link())?.detail.includes('no IPv6 address') === true)).toBe(
      true,
    );
    asker.clear();
    const refused = await box.within(patience, async () => {
      asker.send(asker.solicitation(vip));
      return ((await link())?.dropReasons['no_source'] ?? 0) > 0;
    });
    expect(refused).toBe(true);
    await asker.listen(300);
    expect(asker.advertised(vip)).toEqual([]);
    expect((await box.lanlord('explain', `ip/${vip}`)).stdout).toContain('has no IPv6 address');
    const problems = await box.get('problems');
    expect(problems.filter(({ object }) => object === `ip/${vip}`).map(({ code }) => code)).toEqual(['NOBODY']);
    const row = async () => (await box.get('leaders')).find(({ ip }) => ip === vip);
    expect(await row()).toMatchObject({ state: 'nobody', leader: null });
    expect((await row())?.message).toContain('has no IPv6 address');
    expect((await box.status()).vips).toMatchObject({ here: 0, nobody: 1 });
    expect(await box.rows()).toEqual([]);

    asker.clear();
    show(edge, 'address', 'add', 'fe80::ff:fe00:1/64', 'dev', 'eth0', 'nodad');
    expect(await asker.until(() => asker.advertised(vip).some(({ source }) => source === 'fe80::ff:fe00:1'))).toBe(
      true,
    );
    expect(await asker.whoHas(vip)).toEqual([boxMac]);
    expect((await link())?.detail).toBe('');
    expect(await row()).toMatchObject({ state: 'here', leader: 'edge' });
  });
});
