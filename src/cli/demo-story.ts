// The story the demo tells: each step changes one thing and is judged from the router or the client.
import type { DemoStage } from './demo-stage.ts';

export interface DemoStep {
  readonly title: string;
  /** Returns what was seen, or throws with what was expected instead. */
  readonly play: (stage: DemoStage) => Promise<string>;
}

const vip = '192.168.10.212';
const movedVip = '192.168.10.215';

const vip6 = '2001:db8:10::212';
const page = 'hello from a LoadBalancer address';

const nodeConfig = `apiVersion: lanlord.dev/v1
kind: NodeConfig
spec:
  delivery: local
  reload: {watch: false}
`;

const pool = `apiVersion: "cilium.io/v2"
kind: CiliumLoadBalancerIPPool
metadata:
  name: "blue-pool"
spec:
  blocks:
  - start: "192.168.10.212"
    stop: "192.168.10.219"
`;

const pool6 = `apiVersion: "cilium.io/v2"
kind: CiliumLoadBalancerIPPool
metadata:
  name: "blue-pool-6"
spec:
  blocks:
  - start: "2001:db8:10::212"
    stop: "2001:db8:10::219"
`;

const policy = `apiVersion: "cilium.io/v2alpha1"
kind: CiliumL2AnnouncementPolicy
metadata:
  name: policy1
spec:
  interfaces:
  - ^eth[0-9]+
  externalIPs: true
  loadBalancerIPs: true
`;

function service(name: string, port: number, annotations: Readonly<Record<string, string>>): string {
  const lines = Object.entries(annotations).map(([key, value]) => `    ${key}: "${value}"\n`);
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: default
${lines.length > 0 ? `  annotations:\n${lines.join('')}` : ''}spec:
  type: LoadBalancer
  ports:
  - port: ${port}
    protocol: TCP
    name: http
`;
}

export const story: readonly DemoStep[] = [
  {
    title: 'A service without any pool stays pending',
    play: async (stage) => {
      stage.write('00-node.yaml', nodeConfig);
      stage.write('30-web.yaml', service('web', 80, {}));
      await stage.start();
      const web = await find(stage, 'web');
      expect(web.ips.length === 0 && web.state === 'pending', `no address, state pending; got ${web.state} ${web.ips}`);
      return `default/web: ${web.state}`;
    },
  },
  {
    title: 'A pool appears: the service gets its lowest address',
    play: async (stage) => {
      stage.write('10-pool.yaml', pool);
      await stage.reload();
      return `default/web: ${await addressOf(stage, 'web', vip)}`;
    },
  },
  {
    title: 'Without an announcement policy nobody answers for it',
    play: async (stage) => {
      const macs = await stage.lab.whoAnswers(stage.router, vip);
      expect(macs.length === 0, `silence; ${vip} was answered by ${macs}`);
      return `router asks who has ${vip}: nobody`;
    },
  },
  {
    title: 'A policy selects eth0: the edge box answers with its MAC',
    play: async (stage) => {
      stage.write('20-policy.yaml', policy);
      await stage.reload();
      return await answered(stage, vip);
    },
  },
  {
    title: 'A page is fetched from the address, over the LAN',
    play: async (stage) => {
      stage.serve(80, page);
      return await fetched(stage, vip);
    },
  },
  {
    title: 'The annotation lbipam.cilium.io/ips moves the service; the old address falls silent',
    play: async (stage) => {
      stage.write('30-web.yaml', service('web', 80, { 'lbipam.cilium.io/ips': movedVip }));
      await stage.reload();
      await addressOf(stage, 'web', movedVip);
      const seen = await answered(stage, movedVip);
      const macs = await stage.lab.whoAnswers(stage.router, vip);
      expect(macs.length === 0, `${vip} to be silent; it was answered by ${macs}`);
      return `${seen}; ${vip}: nobody`;
    },
  },
  {
    title: 'A second service with the same sharing key and another port shares the address',
    play: async (stage) => {
      const key = { 'lbipam.cilium.io/sharing-key': 'front' };
      stage.write('30-web.yaml', service('web', 80, { 'lbipam.cilium.io/ips': movedVip, ...key }));
      stage.write('31-metrics.yaml', service('metrics', 9100, key));
      await stage.reload();
      await addressOf(stage, 'web', movedVip);
      return `default/metrics: ${await addressOf(stage, 'metrics', movedVip)}`;
    },
  },
  {
    title: 'A dual-stack service is reached over IPv6, too',
    play: async (stage) => {
      const both = 'ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv4, IPv6]';
      stage.write('11-pool-6.yaml', pool6);
      stage.write('32-dual.yaml', service('dual', 80, {}).replace('spec:\n', `spec:\n  ${both}\n`));
      await stage.reload();
      const { ips, message } = await find(stage, 'dual');
      expect(ips.includes(vip6) && ips.length === 2, `dual to have two addresses; got [${ips}] ${message}`);
      return `${await learned(stage, vip6)}; ${await fetched(stage, vip6)}`;
    },
  },
  {
    title: 'kill -9: silent at once; after the restart every address is where it was',
    play: async (stage) => {
      await stage.crash();
      const macs = await stage.lab.whoAnswers(stage.router, movedVip);
      expect(macs.length === 0, `a dead box to be silent; ${movedVip} was answered by ${macs}`);
      await stage.start();
      await addressOf(stage, 'web', movedVip);
      await addressOf(stage, 'metrics', movedVip);
      return `dead: nobody; restarted: ${await answered(stage, movedVip)}`;
    },
  },
];

async function find(stage: DemoStage, name: string) {
  const service = (await stage.services()).find((candidate) => candidate.name === name);
  if (!service) throw new Error(`expected service ${name} to be listed`);
  return service;
}

async function addressOf(stage: DemoStage, name: string, address: string): Promise<string> {
  const { ips, message } = await find(stage, name);
  expect(ips.length === 1 && ips[0] === address, `${name} to have ${address}; got [${ips}] ${message}`);
  return address;
}

/** Before the first answer the LAN is asked whether another host has the address: a second, more on a busy machine. */
const claimMs = 10_000;

/** The page, over the LAN. */
async function fetched(stage: DemoStage, address: string): Promise<string> {
  const url = address.includes(':') ? `http://[${address}]/` : `http://${address}/`;
  const { stdout, stderr } = await stage.lab.exec(stage.client, [
    ...['curl', '-sS', '--retry', '20', '--retry-connrefused', '--retry-delay', '1', '-m', '20', url],
  ]);
  expect(stdout === page, `the page; got "${stdout}" ${stderr.trim()}`);
  return `client: curl ${url} → ${stdout}`;
}

/** Judged by what the router's kernel learns. */
async function learned(stage: DemoStage, address: string): Promise<string> {
  const endMs = performance.now() + claimMs;
  const ask = () => stage.lab.neighbor(stage.router, address);
  let mac = await ask();
  while (mac === null && performance.now() < endMs) mac = await ask();
  expect(mac === stage.edge.mac, `the router's neighbor table to hold ${stage.edge.mac}; it holds ${mac}`);
  return `router: ${address} is at ${mac}`;
}

/** Judged twice from the router: by arping, and by what its own kernel learns. */
async function answered(stage: DemoStage, address: string): Promise<string> {
  const endMs = performance.now() + claimMs;
  let macs = await stage.lab.whoAnswers(stage.router, address);
  while (macs.length === 0 && performance.now() < endMs) macs = await stage.lab.whoAnswers(stage.router, address);
  const { mac } = stage.edge;
  expect(macs.length === 1 && macs[0] === mac, `${address} to be answered by ${mac} alone; got [${macs}]`);
  return await learned(stage, address);
}

function expect(held: boolean, wanted: string): asserts held {
  if (!held) throw new Error(`expected ${wanted}`);
}
