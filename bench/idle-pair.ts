// What two boxes cost that have nothing to do but to tell each other so: processor and frames a second of the one that
// leads everything and of the one that stands by.
//
//   bun bench/idle-pair.ts [SECONDS] [WARM_UP_SECONDS]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, sh } from './bed.ts';
import { type BoxName, boxNames, Site } from './failover/site.ts';

const [seconds, warmUpSeconds] = [Number(process.argv[2] ?? 30), Number(process.argv[3] ?? 30)];
/** Until then boxes hand over what others are first choice for. */
const spreadSeconds = 32;
/** Groups and services. With 64 groups each of them has addresses, and the leader advertises all. */
const cases = [
  { groups: 1, services: 1 },
  { groups: 16, services: 200 },
  { groups: 32, services: 200 },
  { groups: 64, services: 1000 },
] as const;

interface Sample {
  readonly atMs: number;
  /** Processor time by name of the thread, milliseconds. */
  readonly threads: ReadonlyMap<string, number>;
  readonly framesOut: number;
}

interface RunningBox {
  readonly name: BoxName;
  readonly child: ChildProcess;
  readonly socket: string;
}

function manifests(groups: number, services: number): string {
  const base = [
    `apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: {reload: {watch: false}, conflict: {probe: false}, election: {mode: vrrp, vrrp: {groups: ${groups}}}}`,
    'apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: p}\nspec: {blocks: [{start: 10.98.1.1, stop: 10.98.20.0}]}',
    'apiVersion: cilium.io/v2alpha1\nkind: CiliumL2AnnouncementPolicy\nmetadata: {name: all}\nspec: {interfaces: [^eth0$], loadBalancerIPs: true}',
  ];
  const all = Array.from(
    { length: services },
    (_, i) => `apiVersion: v1\nkind: Service\nmetadata: {name: s${i}}\nspec: {type: LoadBalancer, ports: [{port: 80}]}`,
  );
  return `${[...base, ...all].join('\n---\n')}\n`;
}

async function start(site: Site, name: BoxName, folder: string, text: string): Promise<RunningBox> {
  mkdirSync(folder, { recursive: true });
  const [config, socket] = [join(folder, 'all.yaml'), join(folder, 's.sock')];
  writeFileSync(config, text);
  const places = ['-c', config, '--node', name, '--state', join(folder, 'state'), '--socket', socket];
  const command = ['netns', 'exec', site.box(name).namespace, binary, 'run', ...places];
  const child = spawn('ip', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((ready, fail) => {
    child.stderr.on('data', (data) => {
      said = `${said}${data}`.slice(-4000);
      if (said.includes('lanlord ready ')) ready();
    });
    child.once('exit', (code) => fail(new Error(`lanlord ended with ${code}: ${said}`)));
  });
  return { name, child, socket };
}

function sample(site: Site, { name, child: { pid = 0 } }: RunningBox): Sample {
  const threads = new Map<string, number>();
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const thread = readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim();
    const [ran = '0'] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
    threads.set(thread, (threads.get(thread) ?? 0) + Number(ran) / 1e6);
  }
  const link = sh('ip', ['-n', site.box(name).namespace, '-j', '-s', 'link', 'show', 'dev', 'eth0']);
  const [{ stats64 }]: [{ stats64: { tx: { packets: number } } }] = JSON.parse(link);
  return { atMs: performance.now(), threads, framesOut: stats64.tx.packets };
}

function row(before: Sample, after: Sample): { readonly cells: readonly string[]; readonly percent: number } {
  const pastMs = after.atMs - before.atMs;
  const share = (names: (name: string) => boolean) => {
    let ms = 0;
    for (const [name, ran] of after.threads) if (names(name)) ms += ran - (before.threads.get(name) ?? 0);
    return (ms / pastMs) * 100;
  };
  const [all, main, worker] = [
    share(() => true),
    share((name) => name === 'lanlord'),
    share((name) => name === 'Worker'),
  ];
  const frames = ((after.framesOut - before.framesOut) / pastMs) * 1000;
  return { cells: [all, main, worker, frames].map((value) => value.toFixed(2)), percent: all };
}

async function measure(groups: number, services: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lanlord-idle-'));
  const site = new Site('idle');
  try {
    const text = manifests(groups, services);
    const boxes: RunningBox[] = [];
    for (const name of boxNames) boxes.push(await start(site, name, join(folder, name), text));
    await Bun.sleep(spreadSeconds * 1000);
    // What the second one was given it gives back, and takes nothing of it again.
    for (const action of ['drain', 'undrain']) sh(binary, [action, '--socket', boxes[1]?.socket ?? '']);
    await Bun.sleep(warmUpSeconds * 1000);
    const before = boxes.map((box) => sample(site, box));
    await Bun.sleep(seconds * 1000);
    for (const [i, box] of boxes.entries()) report(groups, services, box, before[i] ?? sample(site, box), site);
  } finally {
    // Whatever runs in its namespaces is killed.
    site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(groups: number, services: number, box: RunningBox, before: Sample, site: Site): void {
  const { cells, percent } = row(before, sample(site, box));
  const { here }: { here: number } = JSON.parse(sh(binary, ['status', '-o', 'json', '--socket', box.socket])).vips;
  const role = here === 0 ? 'standby' : here === services ? 'leader' : 'both';
  console.log([groups, services, role, ...cells].join());
  if (percent > 3) console.log(`# ${groups} groups, ${role}: ${percent.toFixed(1)} % of a core (aim <= 3 %)`);
}

console.log('groups,services,role,cpu_percent,main_percent,worker_percent,frames_out_per_second');
for (const { groups, services } of cases) await measure(groups, services);
