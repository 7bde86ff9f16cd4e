// The test bed of the benchmarks: two namespaces with one cable between them, and the programs that are measured.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
export const binary = process.env['LANLORD_BINARY'] ?? join(root, 'dist/lanlord');
const tools = join(root, '.cache/bench');
/** First address of the benchmarks' VIPs; 10,000 of them fit the /16 behind it. */
export const firstVip = '10.99.0.1';
/** Who asks. */
export const askerAddress = '10.99.255.2';
/** The first of the dual-stack services' other addresses. */
export const firstVip6 = '2001:db8:99::1';

export interface Load {
  readonly targets: number;
  readonly sent_s: number;
  readonly replies_s: number;
  readonly loss_pct: number;
  readonly lat_us: {
    readonly min: number;
    readonly mean: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly bad: number;
  readonly cpu_s_per_m: number;
  readonly rss_kb: number;
}

export class Bed {
  readonly box: string;
  readonly asker: string;
  readonly directory = mkdtempSync(join(tmpdir(), 'lanlord-bench-'));

  /** `name`: tells the beds of one run apart. */
  constructor(name = '') {
    this.box = `bench${process.pid}${name}-box`;
    this.asker = `bench${process.pid}${name}-ask`;
    if (process.getuid?.() !== 0) throw new Error('benchmarks need root for network namespaces');
    for (const namespace of [this.box, this.asker]) {
      sh('ip', ['netns', 'add', namespace]);
      sh('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    }
    sh('ip', ['link', 'add', 'eth0', 'netns', this.box, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.asker]);
    sh('ip', ['-n', this.box, 'address', 'add', '10.99.255.1/16', 'dev', 'eth0']);
    sh('ip', ['-n', this.asker, 'address', 'add', '10.99.255.2/16', 'dev', 'eth0']);
    const addresses6 = { [this.box]: '2001:db8:99::ffff:1/64', [this.asker]: '2001:db8:99::ffff:2/64' };
    for (const [namespace, address] of Object.entries(addresses6)) {
      sh('ip', ['-n', namespace, 'address', 'add', address, 'dev', 'eth0', 'nodad']);
      sh('ip', ['-n', namespace, 'link', 'set', 'eth0', 'up']);
    }
  }

  /** Starts a program on the answering box; resolves when it has printed `ready` on stdout or stderr. */
  start(command: readonly string[], ready: string): Promise<ChildProcess> {
    const child = spawn('ip', ['netns', 'exec', this.box, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
    return new Promise((resolve, reject) => {
      let text = '';
      const hear = (data: Buffer) => {
        text = `${text}${data}`.slice(-4000);
        if (text.includes(ready)) resolve(child);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => reject(new Error(`${command[0]} ended with ${code}: ${text}`)));
    });
  }

  /** Runs the load generator on the asking box: ARP, or Neighbor Discovery. Does not block the event loop. */
  load(args: readonly string[], family: 'IPv4' | 'IPv6' = 'IPv4'): Promise<Load> {
    const generator = compile('arpload', []);
    const [target, source] = family === 'IPv4' ? [firstVip, askerAddress] : [firstVip6, '2001:db8:99::ffff:2'];
    const all = ['netns', 'exec', this.asker, generator, '-i', 'eth0', '-t', target, '-s', source, '-j', ...args];
    const child = spawn('ip', all, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    return new Promise((resolve, reject) => {
      child.once('close', () => {
        const line = text.trim().split('\n').at(-1);
        if (line) resolve(JSON.parse(line));
        else reject(new Error('the load generator printed nothing'));
      });
    });
  }

  /** Starts the compiled lanlord with this configuration and waits until it is ready. */
  async lanlord(manifests: string, name = 'run'): Promise<ChildProcess> {
    if (!existsSync(binary)) throw new Error('dist/lanlord is missing: npm run build');
    const config = join(this.directory, name);
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, 'all.yaml'), manifests);
    const places = ['--state', join(config, 'state'), '--socket', join(config, 's.sock')];
    return await this.start(
      [binary, 'run', '-c', join(config, 'all.yaml'), '--node', 'box', ...places],
      'lanlord ready ',
    );
  }

  close(): void {
    for (const namespace of [this.box, this.asker]) {
      const pids = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).stdout ?? '';
      for (const pid of pids.split('\n').filter(Boolean)) spawnSync('kill', ['-9', pid]);
      spawnSync('ip', ['netns', 'delete', namespace]);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ends a program and waits until it is gone. */
export function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  child.removeAllListeners('exit');
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill(signal);
  });
}

/** A pool, a policy and `count` services with neighboring addresses from `firstVip`, and from `firstVip6` if dual-stack. */
export function manifests(count: number, poolName = 'bench', dualStack = false): string {
  const ranges = [`{start: ${firstVip}, stop: 10.99.250.255}`, `{start: "${firstVip6}", stop: "2001:db8:99::ffff"}`];
  const blocks = ranges.slice(0, dualStack ? 2 : 1).map((range) => `\n  - ${range}`);
  const base = [
    'apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: {conflict: {probe: false}, reload: {watch: false}}',
    `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: ${poolName}}\nspec:\n  blocks:${blocks.join('')}`,
    'apiVersion: cilium.io/v2alpha1\nkind: CiliumL2AnnouncementPolicy\nmetadata: {name: all}\nspec: {interfaces: [^eth0$], loadBalancerIPs: true}',
  ];
  for (let i = 0; i < count; i++) base.push(service(`s${String(i).padStart(6, '0')}`, dualStack));
  return `${base.join('\n---\n')}\n`;
}

function service(name: string, dualStack: boolean): string {
  const families = dualStack ? '\n  ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv4, IPv6]' : '';
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: default\nspec:\n  type: LoadBalancer${families}\n  ports:\n  - port: 80\n    protocol: TCP`;
}

/** Compiles one of the C programs beside this file, once per source change; returns its path. */
export function compile(name: string, libraries: readonly string[]): string {
  const source = join(import.meta.dir, `${name}.c`);
  const target = join(tools, name);
  mkdirSync(tools, { recursive: true });
  if (!existsSync(target) || Bun.file(target).lastModified < Bun.file(source).lastModified) {
    sh('gcc', ['-O2', '-o', target, source, ...libraries]);
  }
  return target;
}

export function sh(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** `VmRSS`, `VmHWM`: memory of a process in megabytes. */
export async function memoryMb(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const text = await Bun.file(`/proc/${pid}/status`).text();
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) / 1024;
}
