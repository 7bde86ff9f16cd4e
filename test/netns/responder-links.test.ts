// On which interfaces, and under what load, the compiled binary answers; Linux neighbors are the judges where they decide.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, kernelLacks, patience, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped('arping', 'sysctl');
if (skipped !== '') console.log(`responder on interfaces${skipped}`);

const noVlan = kernelLacks('veth peer name w', 'link v type vlan id 10');

const vip = '192.0.2.10';
const canary = '192.0.2.11';
const eth0Mac = '02:00:00:00:00:01';
const bridgeMac = '02:00:00:00:00:b0';

describe.skipIf(skipped !== '')(`responder on interfaces${skipped}`, () => {
  let lab: Lab;
  let box: Box;
  let client: Asker;
  let host: LabHost;

  /** Two services on 192.0.2.10 and .11, announced on what these patterns select. */
  function configure(interfaces: readonly string[], extra: readonly string[] = []): void {
    const services = [service('one', { ips: vip }), service('two', { ips: canary }), ...extra];
    const config = nodeConfig('{reload: {watch: false}, announce: {burst: [0ms], refresh: 24h}}');
    box.write(
      'all.yaml',
      documents(pool('p', '192.0.2.1', '192.0.2.20'), ...services, policy('lan', { interfaces }), config),
    );
  }

  beforeAll(async () => {
    lab = new Lab(`ll-rl${process.pid}`);
    const edge = lab.addHost('edge', ['192.0.2.1/24'], eth0Mac);
    lab.addCable(edge, 'eth1', '02:00:00:00:00:02');
    ipIn(lab, edge, 'address', 'add', '192.0.2.2/24', 'dev', 'eth1');
    host = lab.addHost('client', ['192.0.2.200/24'], '02:00:00:00:00:aa');
    client = new Asker(host, '192.0.2.200');
    box = new Box(lab, edge);
    configure(['^eth0$']);
    await box.start();
  });
  afterAll(async () => {
    client?.close();
    await box?.close();
    lab?.close();
  });

  test('R-19 R-5: of two interfaces in one subnet only the selected one answers, and once', async () => {
    expect(await client.whoHas(vip)).toEqual([eth0Mac]);
    // Asked by name, the other interface keeps silent, too.
    const toEth1 = client.request(vip, { to: '02:00:00:00:00:02' });
    expect(await client.replyTo(vip, [toEth1], canary)).toEqual([]);
    configure(['^eth1$']);
    await box.reload();
    expect(await client.whoHas(vip)).toEqual(['02:00:00:00:00:02']);
    expect(await client.replyTo(vip, [client.request(vip, { to: eth0Mac })], canary)).toEqual([]);
    configure(['^eth0$']);
    await box.reload();
  });

  test('R-2 ARP-5: the unicast question of a Linux neighbor whose entry went stale is answered', async () => {
    const atBox = new Asker({ ...box.host, interface: 'eth0' }, '192.0.2.1');
    await lab.exec(host, ['sysctl', '-qw', 'net.ipv4.neigh.eth0.delay_first_probe_time=1']);
    const entry = ['neighbor', 'replace', vip, 'dev', 'eth0', 'lladdr', eth0Mac, 'nud', 'stale'];
    ipIn(lab, host, ...entry);
    await lab.exec(host, ['bash', '-c', `exec 3<>/dev/udp/${vip}/9 && echo >&3`]);
    const isProbed = await atBox.until(
      (heard) => heard.some(({ to, target }) => to === eth0Mac && target === vip),
      5000,
    );
    expect(isProbed).toBe(true);
    const state = () => ipIn(lab, host, 'neighbor', 'show', 'to', vip);
    expect(await box.within(patience, async () => state().includes('REACHABLE'))).toBe(true);
    expect(state()).toContain(eth0Mac);
    atBox.close();
  });

  test('ARP-4: the kernel of the box is silent about every address', async () => {
    const addresses = [vip, canary];
    await box.crash();
    expect(await client.answered(addresses)).toEqual({});
    await box.start();
    expect(await client.whoHas(vip)).toEqual([eth0Mac]);
  });

  test('R-20: the box itself asks for its address: its own frames are not answered', async () => {
    expect(await lab.whoAnswers(box.host, vip)).toEqual([]);
    expect(await client.whoHas(vip)).toEqual([eth0Mac]);
  });

  test('R-21: an address of the box itself is refused when asked for, left out otherwise', async () => {
    configure(['^eth0$'], [service('mine', { ips: '192.0.2.1' }), service('auto')]);
    await box.reload();
    const services = await box.get('services');
    const mine = services.find(({ name }) => name === 'mine');
    expect(mine).toMatchObject({ ips: [], state: 'pending', reason: 'already_allocated' });
    expect(mine?.message).toContain('192.0.2.1');
    // .1 and .2 are the box's own.
    expect(services.find(({ name }) => name === 'auto')?.ips).toEqual(['192.0.2.3']);
    expect(await box.rows()).toEqual(['192.0.2.10 eth0', '192.0.2.11 eth0', '192.0.2.3 eth0']);
  });

  test('R-21: an address that the box gets itself is withdrawn, and comes back when the box has it no more', async () => {
    ipIn(lab, box.host, 'address', 'add', `${vip}/24`, 'dev', 'eth1');
    const hasRow = async () => (await box.rows()).some((row) => row.startsWith(`${vip} `));
    expect(await box.within(patience, async () => !(await hasRow()))).toBe(true);
    ipIn(lab, box.host, 'address', 'delete', `${vip}/24`, 'dev', 'eth1');
    expect(await box.within(patience, hasRow)).toBe(true);
    expect(await client.whoHas(vip)).toEqual([eth0Mac]);
  });

  test('R-5: an address outside the subnets of an interface is not answered there, unless the policy allows it', async () => {
    const text = documents(
      ...[pool('far', '198.51.100.1', '198.51.100.9'), service('far', { ips: '198.51.100.1' })],
      ...[policy('lan', { interfaces: ['^eth0$'] }), service('two', { ips: canary }), pool('p', canary, canary)],
      nodeConfig('{reload: {watch: false}}'),
    );
    box.write('all.yaml', text);
    await box.reload();
    const ask = () => client.replyTo('198.51.100.1', [client.request('198.51.100.1')], canary);
    expect(await ask()).toEqual([]);
    expect((await box.get('leaders')).find(({ ip }) => ip === '198.51.100.1')).toMatchObject({ state: 'nobody' });
    box.write('all.yaml', text.replace('  name: lan\n', '  name: lan\n  annotations: {lanlord.dev/off-link: allow}\n'));
    await box.reload();
    expect(await ask()).toHaveLength(1);
    configure(['^eth0$']);
    await box.reload();
  });

  test('R-13: after a withdrawal has returned, not one request is answered', async () => {
    let asking = true;
    const flood = (async () => {
      for (; asking; await Bun.sleep(1)) client.send(client.request(vip));
    })();
    configure(['^eth0$'], []);
    box.write('all.yaml', (await Bun.file(`${box.config}/all.yaml`).text()).replace(`"${vip}"`, '"192.0.2.12"'));
    await box.reload();
    // What was answered before the reload returned has arrived by now.
    await client.listen(20);
    client.clear();
    await client.listen(500);
    asking = false;
    await flood;
    expect(client.replies(vip)).toEqual([]);
    expect(await client.whoHas('192.0.2.12')).toEqual([eth0Mac]);
    configure(['^eth0$']);
    await box.reload();
  });

  test('R-14: 10,000 requests a second for foreign addresses hide no request for ours', async () => {
    client.clear();
    const foreign = [...Array(100).keys()].map((i) => client.request(`192.0.2.${100 + i}`));
    let asked = 0;
    const end = performance.now() + 2000;
    while (performance.now() < end) {
      client.send(...foreign);
      if (asked++ % 4 === 0) client.send(client.request(vip));
      await Bun.sleep(8);
    }
    const wanted = Math.ceil(asked / 4);
    await client.until(() => client.replies(vip).length >= wanted);
    expect(client.replies(vip)).toHaveLength(wanted);
  });

  test('R-15: what the kernel had to drop while the box was stopped is told; afterwards it answers', async () => {
    box.signal('SIGSTOP');
    const batch = Array(1000).fill(client.request('192.0.2.100'));
    for (let sent = 0; sent < 60; sent++) client.send(...batch);
    box.signal('SIGCONT');
    expect(await client.whoHas(vip)).toEqual([eth0Mac]);
    const drops = async () => (await box.get('interfaces'))[0]?.kernelDrops ?? 0;
    expect(await box.within(patience, async () => (await drops()) > 0)).toBe(true);
  });

  test('R-18: of a bridge and its port only the bridge is used, with its MAC', async () => {
    cable(
      lab,
      { host: box.host, name: 'eth7', mac: '02:00:00:00:00:07' },
      { host, name: 'far7', mac: '02:00:00:00:07:aa' },
    );
    ipIn(lab, box.host, 'link', 'add', 'br7', 'address', bridgeMac, 'type', 'bridge', 'forward_delay', '0');
    ipIn(lab, box.host, 'link', 'set', 'eth7', 'master', 'br7');
    ipIn(lab, box.host, 'link', 'set', 'br7', 'up');
    configure(['^eth7$', '^br7$']);
    await box.reload();
    const far = new Asker({ namespace: host.namespace, interface: 'far7', mac: '02:00:00:00:07:aa' }, '192.0.2.201');
    expect(await far.whoHas(vip)).toEqual([bridgeMac]);
    expect(await far.replyTo(vip, [far.request(vip, { to: '02:00:00:00:00:07' })], canary)).toEqual([]);
    expect(await box.rows()).toEqual([`${vip} br7`, `${canary} br7`]);
    far.close();
  });

  test.skipIf(noVlan !== '')(
    `R-12 ETH-3: a VLAN is answered on its sub-interface, the parent stays untagged${noVlan}`,
    async () => {
      const parent = { host: box.host, name: 'eth8', mac: '02:00:00:00:00:08' };
      cable(lab, parent, { host, name: 'far8', mac: '02:00:00:00:08:aa' });
      for (const [at, name] of [
        [box.host, 'eth8'],
        [host, 'far8'],
      ] as const) {
        ipIn(lab, at, 'link', 'add', 'link', name, 'name', `${name}.10`, 'type', 'vlan', 'id', '10');
        ipIn(lab, at, 'link', 'set', `${name}.10`, 'up');
      }
      const farMac = '02:00:00:00:08:aa';
      const inVlan = new Asker({ namespace: host.namespace, interface: 'far8.10', mac: farMac }, '192.0.2.202');
      const untagged = new Asker({ namespace: host.namespace, interface: 'far8', mac: farMac }, '192.0.2.202');
      configure(['^eth8$']);
      await box.reload();
      expect(await untagged.whoHas(vip)).toEqual([parent.mac]);
      expect(await inVlan.answersNow(vip)).toEqual([]);
      configure(['^eth8\\.10$']);
      await box.reload();
      expect(await inVlan.whoHas(vip)).toEqual([parent.mac]);
      expect(await untagged.answersNow(vip)).toEqual([]);
      inVlan.close();
      untagged.close();
    },
  );
});
