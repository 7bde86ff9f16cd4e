// A plan of the compiled binary says what a reload then does; and what becomes of traffic that addresses attract.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import type { PlanAnswer } from '#control/protocol.ts';
import { Asker } from '../support/asker.ts';
import { Box, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`plan and delivery${skipped}`);

const boxMac = '02:00:00:00:00:01';
const fast = 'reload: {watch: false}, announce: {burst: [0ms], refresh: 24h}';
const [ten, eleven] = ['192.0.2.10', '192.0.2.11'];

describe.skipIf(skipped !== '')(`plan and delivery${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let client: Asker;

  beforeAll(() => {
    lab = new Lab(`ll-pln${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], boxMac);
    client = new Asker(lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    box.write('00-node.yaml', nodeConfig(`{${fast}}`));
    box.write('10-pool.yaml', pool('p', ten, '192.0.2.19'));
    box.write('20-policy.yaml', policy('lan'));
    box.write('30-services.yaml', documents(service('a'), service('b', { color: 'red' })));
  });
  afterEach(() => box?.close());
  afterAll(() => {
    client?.close();
    lab?.close();
  });

  const isAnswered = async (address: string) => (await client.whoHas(address)).includes(boxMac);

  /** The plan for the box's own files as they are now. */
  async function plan(): Promise<{ code: number; answer: PlanAnswer }> {
    const { code, stdout, stderr } = await box.lanlord('plan', '-c', box.config, '-o', 'json');
    if (stdout === '') throw new Error(stderr);
    return { code, answer: JSON.parse(stdout) };
  }

  const brief = ({ changes }: PlanAnswer) => changes.map(({ ip, impact, to }) => `${impact} ${ip} ${to}`);

  test('an outage, a move and a new VIP are foretold, nothing happens, and the reload keeps its word', async () => {
    await box.start();
    expect(await plan()).toMatchObject({ code: 0, answer: { changes: [], objects: [], unchanged: 2, generation: 1 } });
    expect((await box.lanlord('plan')).code).toBe(0);

    box.write('10-pool.yaml', pool('p', eleven, '192.0.2.19'));
    box.write('20-policy.yaml', policy('lan', { color: 'blue' }));
    box.write(
      '30-services.yaml',
      documents(service('a', { color: 'blue' }), service('b', { color: 'red' }), service('c', { color: 'blue' })),
    );
    const { code, answer } = await plan();
    expect(code).toBe(1);
    expect(brief(answer)).toEqual([`outage ${eleven} null`, `ip-change ${ten} 192.0.2.12`, 'new 192.0.2.13 edge']);
    expect((await box.status()).generation).toBe(1);
    expect([await isAnswered(ten), await isAnswered(eleven)]).toEqual([true, true]);
    expect(await client.answersNow('192.0.2.13')).toEqual([]);

    expect(await box.reload()).toBe('generation 2 applied: 1 added, 3 changed, 0 removed, 1 VIPs moved');
    expect(await box.addressesOf('a')).toEqual(['192.0.2.12']);
    expect([await isAnswered('192.0.2.12'), await isAnswered('192.0.2.13')]).toEqual([true, true]);
    expect(await client.answered([eleven, ten])).toEqual({});
    expect((await plan()).code).toBe(0);
  });

  test('with errors it says what check says, without a daemon it ends with 3', async () => {
    await box.start();
    box.write('10-pool.yaml', pool('p', ten, '192.0.2.19').replace('blocks:', 'blokcs:'));
    const [{ code, stdout }, checked] = await Promise.all([
      box.lanlord('plan', '-c', box.config),
      lab.exec(edge, [...box.command.slice(0, 1), 'check', box.config]),
    ]);
    expect(code).toBe(1);
    const [headline = '?'] = checked.stdout.split('\n');
    expect(stdout).toContain(headline);
    await box.stop();
    expect((await box.lanlord('plan', '-c', box.config)).code).toBe(3);
  });

  const undelivered = async () =>
    (await box.get('problems')).filter(({ code }) => code === 'NODELIVERY').map(({ object }) => object);
  const sh = (script: string) => lab.exec(edge, ['sh', '-c', script]);

  /** The rest of the configuration changes, so that the box looks again now and not at its next resync. */
  let port = 1000;
  async function lookAgain(): Promise<readonly string[]> {
    box.write('30-services.yaml', service('a', { port: ++port }));
    await box.reload();
    return await undelivered();
  }

  test('an address that nothing takes is a warning with the way out, in problems, explain and doctor', async () => {
    box.write('30-services.yaml', service('a'));
    await box.start();
    expect(await undelivered()).toEqual([`ip/${ten}`]);
    const [problem] = await box.get('problems');
    expect(problem).toMatchObject({ severity: 'warning', hint: expect.stringContaining('delivery: local') });
    expect((await box.lanlord('status')).code).toBe(0);
    const explained = await box.lanlord('explain', `ip/${ten}`, '-o', 'json');
    expect(JSON.parse(explained.stdout)).toMatchObject({ ok: true });
    expect(explained.stdout).toContain('LL-DLV-001');
    expect((await box.lanlord('doctor')).stdout).toContain('LL-DOC-032');
  });

  test('an accepting route, a route that leads on with forwarding, and delivery local silence it', async () => {
    box.write('30-services.yaml', service('a'));
    await box.start();
    await sh(`ip route add local ${ten} dev lo`);
    expect(await lookAgain()).toEqual([]);
    await sh(`ip route del local ${ten} dev lo; ip route add ${ten} via 192.0.2.50; sysctl -qw net.ipv4.ip_forward=0`);
    expect(await lookAgain()).toEqual([`ip/${ten}`]);
    await sh('sysctl -qw net.ipv4.ip_forward=1');
    expect(await lookAgain()).toEqual([]);
    await sh(`ip route del ${ten}; sysctl -qw net.ipv4.ip_forward=0`);
    expect(await lookAgain()).toEqual([`ip/${ten}`]);
    box.write('00-node.yaml', nodeConfig(`{${fast}, delivery: local}`));
    expect(await lookAgain()).toEqual([]);
    await box.stop();
  });

  const withoutNft = Bun.which('nft') === null ? ' (skipped: the program nft is missing)' : '';
  if (withoutNft !== '') console.log(`rules of the packet filter${withoutNft}`);
  test.skipIf(withoutNft !== '')(
    `a rule or a map of the packet filter that names it silences it${withoutNft}`,
    async () => {
      box.write('30-services.yaml', service('a'));
      await box.start();
      const chain = 'nft add table ip nat && nft "add chain ip nat pre { type nat hook prerouting priority -100; }"';
      const made = await sh(`${chain} && nft add rule ip nat pre ip daddr ${ten} dnat to 192.0.2.50`);
      expect(made).toMatchObject({ code: 0 });
      expect(await lookAgain()).toEqual([]);
      const map = 'nft "add map ip nat vips { type ipv4_addr . inet_service : ipv4_addr; }"';
      await sh(
        `nft flush ruleset; ${chain} && ${map} && nft "add element ip nat vips { ${eleven} . 80 : 192.0.2.50 }"`,
      );
      expect(await lookAgain()).toEqual([`ip/${ten}`]);
      await sh(`nft "add element ip nat vips { ${ten} . 80 : 192.0.2.50 }"`);
      expect(await lookAgain()).toEqual([]);
      await sh('nft flush ruleset');
    },
  );
});
