// The product's main job, step by step, with manifests as Cilium's documentation writes them; judged from the router.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, whySkipped } from '../support/box.ts';
import { nodeConfig } from '../support/manifests.ts';

const skipped = whySkipped('arping');
if (skipped !== '') console.log(`story${skipped}`);

const bluePool = `apiVersion: "cilium.io/v2"
kind: CiliumLoadBalancerIPPool
metadata:
  name: "blue-pool"
spec:
  blocks:
  - cidr: "192.168.10.212/30"
  - start: "192.168.10.220"
    stop: "192.168.10.222"
  serviceSelector:
    matchExpressions:
      - {key: color, operator: In, values: [blue, cyan]}
`;

const tenantPool = `apiVersion: "cilium.io/v2"
kind: CiliumLoadBalancerIPPool
metadata:
  name: "tenant-pool"
spec:
  blocks:
  - start: "192.168.10.230"
    stop: "192.168.10.231"
  serviceSelector:
    matchLabels:
      "io.kubernetes.service.namespace": "tenant-a"
`;

const policy1 = `apiVersion: "cilium.io/v2alpha1"
kind: CiliumL2AnnouncementPolicy
metadata:
  name: policy1
spec:
  serviceSelector:
    matchLabels:
      color: blue
  nodeSelector:
    matchExpressions:
      - key: node-role.kubernetes.io/control-plane
        operator: DoesNotExist
  interfaces:
  - ^eth[0-9]+
  externalIPs: true
  loadBalancerIPs: true
`;

const tenantPolicy = `apiVersion: "cilium.io/v2alpha1"
kind: CiliumL2AnnouncementPolicy
metadata:
  name: policy2
spec:
  serviceSelector:
    matchLabels:
      "io.kubernetes.service.namespace": "tenant-a"
  loadBalancerIPs: true
  interfaces:
  - ^eth[0-9]+
`;

function service(name: string, namespace: string, port: number, annotations = '', color = 'blue'): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    color: ${color}
${annotations === '' ? '' : `  annotations:\n${annotations}`}spec:
  type: LoadBalancer
  ports:
  - port: ${port}
`;
}

const requestedIp = '    "lbipam.cilium.io/ips": "192.168.10.215"\n';
const sharingKey = '    "lbipam.cilium.io/sharing-key": "1234"\n';

/** Every address of both pools, and neighbors of them that are in no pool. */
const everyAddress = [...Array(24).keys()].map((i) => `192.168.10.${210 + i}`);

describe.skipIf(skipped !== '')(`story${skipped}`, () => {
  let lab: Lab;
  let box: Box;
  let router: Asker;
  let routerHost: LabHost;

  beforeAll(() => {
    lab = new Lab(`ll-story${process.pid}`);
    routerHost = lab.addHost('router', ['192.168.10.1/24'], '02:00:00:00:10:01');
    const edge = lab.addHost('edge-1', ['192.168.10.2/24'], '02:00:00:00:10:02');
    lab.addCable(edge, 'lan1', '02:00:00:00:10:03');
    box = new Box(lab, edge);
    router = new Asker(routerHost, '192.168.10.1');
  });
  afterAll(async () => {
    router?.close();
    await box?.close();
    lab?.close();
  });

  const whoAnswers = (address: string) => lab.whoAnswers(routerHost, address);

  test('a service without a pool is pending and nobody answers', async () => {
    box.write('node.yaml', nodeConfig('{}'));
    box.write('web.yaml', service('web', 'default', 80));
    await box.start();
    const [web] = await box.get('services');
    expect(web).toMatchObject({ namespace: 'default', name: 'web', ips: [], state: 'pending', reason: 'no_pool' });
    expect(await router.answered(everyAddress)).toEqual({});
  });

  test('a pool gives it the lowest address; without a policy it is not answered', async () => {
    box.write('pools.yaml', `${bluePool}---\n${tenantPool}`);
    await box.reload();
    expect(await box.addressesOf('web')).toEqual(['192.168.10.212']);
    expect(await box.rows()).toEqual([]);
    expect(await whoAnswers('192.168.10.212')).toEqual([]);
    expect(await box.lanlord('who-has', '192.168.10.212')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('nobody'),
    });
    const explained = JSON.parse((await box.lanlord('explain', 'ip/192.168.10.212', '-o', 'json')).stdout);
    expect(explained.steps.find(({ result }: { result: string }) => result === 'fail')?.message).toMatch(/polic/i);
  });

  test('a policy makes the box answer with the MAC of the selected interface alone', async () => {
    box.write('policy.yaml', policy1);
    await box.reload();
    expect(await whoAnswers('192.168.10.212')).toEqual([box.mac]);
    expect(await lab.neighbor(routerHost, '192.168.10.212')).toBe(box.mac);
    expect(await box.rows()).toEqual(['192.168.10.212 eth0']);
    expect(await box.lanlord('who-has', '192.168.10.212')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(box.mac),
    });
    expect((await box.get('leaders')).map(({ ip, leader, state, mac }) => ({ ip, leader, state, mac }))).toEqual([
      { ip: '192.168.10.212', leader: 'edge-1', state: 'here', mac: box.mac },
    ]);
  });

  test('lbipam.cilium.io/ips moves the service, the old address falls silent', async () => {
    box.write('web.yaml', service('web', 'default', 80, requestedIp));
    const said = await box.reload();
    expect(said).toMatch(/^generation \d+ applied: 0 added, 1 changed, 0 removed, 1 VIPs moved$/);
    expect(await box.addressesOf('web')).toEqual(['192.168.10.215']);
    expect(await whoAnswers('192.168.10.215')).toEqual([box.mac]);
    expect(await whoAnswers('192.168.10.212')).toEqual([]);
    expect(await lab.neighbor(routerHost, '192.168.10.212')).toBeNull();
  });

  test('a second service with the same sharing key and another port shares the address', async () => {
    box.write('web.yaml', service('web', 'default', 80, requestedIp + sharingKey));
    box.write('dns.yaml', service('dns', 'default', 53, sharingKey));
    await box.reload();
    expect([await box.addressesOf('web'), await box.addressesOf('dns')]).toEqual([
      ['192.168.10.215'],
      ['192.168.10.215'],
    ]);
    expect(await whoAnswers('192.168.10.215')).toEqual([box.mac]);
  });

  test('the pseudo label of the namespace selects a pool and a policy', async () => {
    box.write('tenant.yaml', `${service('shop', 'tenant-a', 80, '', 'red')}---\n${tenantPolicy}`);
    box.write('stranger.yaml', service('red', 'tenant-b', 80, '', 'red'));
    await box.reload();
    const services = await box.get('services');
    expect(services.find(({ name }) => name === 'shop')?.ips).toEqual(['192.168.10.230']);
    expect(services.find(({ name }) => name === 'red')).toMatchObject({ ips: [], state: 'pending', reason: 'no_pool' });
    expect(await whoAnswers('192.168.10.230')).toEqual([box.mac]);
  });

  test('get announcements lists exactly what is answered, and nothing else is, on any interface', async () => {
    const listed = await box.get('announcements');
    const expected = Object.fromEntries(listed.map(({ ip, mac }) => [ip, [mac]]));
    expect(listed.map(({ interface: name }) => name)).toEqual(listed.map(() => 'eth0'));
    expect(Object.keys(expected).sort()).toEqual(['192.168.10.215', '192.168.10.230']);
    expect(await router.answered(everyAddress)).toEqual(expected);
    // The requests above were broadcast: lan1 of the box, on the same LAN, has heard them too and kept silent.
    const before = await box.get('announcements');
    await router.answered(everyAddress);
    const after = await box.get('announcements');
    expect(after.map(({ ip, answers }) => `${ip} ${answers}`)).toEqual(
      before.map(({ ip, answers }) => `${ip} ${answers + 1}`),
    );
  });

  test('kill -9: silent at once; the restart keeps every address', async () => {
    const before = await box.get('ips');
    const rows = await box.rows();
    await box.crash();
    expect(await router.answered(everyAddress)).toEqual({});
    await box.start();
    const owners = (items: typeof before) => items.map(({ ip, services }) => `${ip} ${[...services].sort()}`).sort();
    expect(owners(await box.get('ips'))).toEqual(owners(before));
    expect(await box.rows()).toEqual(rows);
    expect(await whoAnswers('192.168.10.215')).toEqual([box.mac]);
  });

  test('a remembered address is kept at a restart with a new service that comes first in every order', async () => {
    const before = await box.addressesOf('shop');
    box.write('00-first.yaml', service('aaa', 'tenant-a', 80, '', 'red'));
    await box.crash();
    await box.start();
    expect(await box.addressesOf('shop')).toEqual(before);
    expect(await box.addressesOf('aaa')).toEqual(['192.168.10.231']);
  });
});
