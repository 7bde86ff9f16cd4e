// The programs that are compared, each on both boxes of a site of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from '../bed.ts';
import { type BoxName, boxNames, Site, vip } from './site.ts';

/** The same for both programs, so that their timers are equal. */
const priority = 250;
const virtualRouterId = 98;
const startTimeoutMs = 20_000;

/** What differs between programs. */
interface Program {
  readonly name: string;
  /** Command of a box, its files in `folder`. */
  command(folder: string, box: BoxName): readonly string[];
  /** In what it prints: it takes part. */
  readonly isReady: RegExp;
}

export class Pair {
  readonly name: string;
  readonly site: Site;
  readonly #program: Program;
  readonly #folder = mkdtempSync(join(tmpdir(), 'lanlord-failover-'));
  readonly #running = new Map<BoxName, ChildProcess>();
  readonly #ended = new Map<BoxName, Promise<void>>();

  constructor(program: Program) {
    this.name = program.name;
    this.#program = program;
    this.site = new Site(`llf${program.name.slice(0, 1)}`);
  }

  async start(box: BoxName): Promise<void> {
    const folder = join(this.#folder, box);
    mkdirSync(folder, { recursive: true });
    const command = this.#program.command(folder, box);
    const child = spawn('ip', ['netns', 'exec', this.site.box(box).namespace, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.set(box, child);
    let said = '';
    this.#ended.set(box, new Promise((resolve) => child.once('close', () => resolve())));
    await new Promise<void>((resolve, reject) => {
      const hear = (data: Buffer) => {
        said = `${said}${data}`.slice(-20_000);
        if (this.#program.isReady.test(said)) resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('close', (code) => reject(new Error(`${this.name} ended with ${code}:\n${said}`)));
      setTimeout(() => reject(new Error(`${this.name} is not ready:\n${said}`)), startTimeoutMs).unref();
    });
  }

  /** All its processes; the one that was started is first. */
  pids(box: BoxName): readonly number[] {
    const { stdout } = Bun.spawnSync(['ip', 'netns', 'pids', this.site.box(box).namespace]);
    const main = this.#running.get(box)?.pid ?? 0;
    return [
      main,
      ...String(stdout)
        .split('\n')
        .filter(Boolean)
        .map(Number)
        .filter((pid) => pid !== main),
    ];
  }

  /** After the fault: the box is as new, and follows. */
  async restore(box: BoxName, isUnplugged: boolean): Promise<void> {
    signal(this.pids(box), 'SIGKILL');
    await this.#ended.get(box);
    if (isUnplugged) this.site.plugIn(box);
    // A killed keepalived leaves its address on the interface.
    const { namespace } = this.site.box(box);
    const left = spawn('ip', ['-n', namespace, 'address', 'delete', `${vip}/32`, 'dev', 'eth0'], { stdio: 'ignore' });
    await new Promise((resolve) => left.once('close', resolve));
    await this.start(box);
  }

  close(): void {
    for (const box of boxNames) if (this.#running.has(box)) signal(this.pids(box), 'SIGKILL');
    this.site.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It went together with another one.
    }
  }
}

/** `intervalMs`: of advertisements, 10…40950. */
export function lanlord(intervalMs: number): Program {
  return {
    name: 'lanlord',
    isReady: /^lanlord ready /m,
    command(folder, box) {
      const config = join(folder, 'all.yaml');
      const vrrp = `{advertisementInterval: ${intervalMs}ms, priority: ${priority}, virtualRouterId: ${virtualRouterId}, groups: 1}`;
      const documents = [
        `apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: {conflict: {probe: false}, election: {mode: vrrp, vrrp: ${vrrp}}}`,
        `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: p}\nspec: {blocks: [{start: ${vip}, stop: ${vip}}]}`,
        'apiVersion: cilium.io/v2alpha1\nkind: CiliumL2AnnouncementPolicy\nmetadata: {name: p}\nspec: {interfaces: [^eth0$], loadBalancerIPs: true}',
        'apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: default}\nspec: {type: LoadBalancer, ports: [{port: 80}]}',
      ];
      writeFileSync(config, `${documents.join('\n---\n')}\n`);
      const places = ['--state', join(folder, 'state'), '--socket', join(folder, 's.sock')];
      return [binary, 'run', '-c', config, '--node', box, ...places];
    },
  };
}

/** keepalived(8) with its defaults but for what makes the two comparable: version 3, the timers, and no preemption. */
export function keepalived(intervalMs: number): Program {
  return {
    name: 'keepalived',
    isReady: /Entering BACKUP STATE/,
    command(folder, box) {
      const config = join(folder, 'keepalived.conf');
      writeFileSync(
        config,
        `global_defs {
  router_id ${box}
  vrrp_version 3
}
vrrp_instance v {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id ${virtualRouterId}
  priority ${priority}
  advert_int ${intervalMs / 1000}
  virtual_ipaddress {
    ${vip}/32
  }
}
`,
      );
      const pidFiles = [join(folder, 'pid'), join(folder, 'vrrp.pid')] as const;
      // A killed one leaves them, and takes whoever has the number by now for itself.
      for (const file of pidFiles) rmSync(file, { force: true });
      const files = ['-p', pidFiles[0], '-r', pidFiles[1]];
      return ['keepalived', '-n', '-l', '-D', '-P', '-f', config, ...files];
    },
  };
}
