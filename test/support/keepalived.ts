// keepalived(8) on a host of a throw-away LAN, set up the way its manual shows.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '#cli/lab.ts';
import { scratchDirectory } from './scratch-directory.ts';

/** What a user writes about one virtual router. */
export interface VrrpInstance {
  readonly name: string;
  readonly id: number;
  readonly priority?: number;
  /** Seconds. Default 1, as the program's. */
  readonly interval?: number;
  readonly addresses: readonly string[];
  /** More lines, such as `nopreempt`. */
  readonly more?: readonly string[];
}

export type InstanceState = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT';

export class Keepalived {
  readonly host: LabHost;
  readonly #folder = scratchDirectory();
  readonly #addresses = new Set<string>();
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  /** Everything it has said since it was started. */
  log = '';

  constructor(host: LabHost) {
    this.host = host;
  }

  /** Starts it; resolves when all instances have begun to listen. */
  async start(instances: readonly VrrpInstance[], version: 2 | 3 = 3): Promise<void> {
    const [config, pid, child] = ['keepalived.conf', 'pid', 'child.pid'].map((file) => join(this.#folder, file));
    if (!config || !pid || !child) throw new Error('no files');
    writeFileSync(config, `global_defs {\n  vrrp_version ${version}\n}\n${instances.map(blockOf).join('')}`);
    for (const { addresses } of instances) for (const address of addresses) this.#addresses.add(address);
    for (const file of [pid, child]) rmSync(file, { force: true });
    const command = ['keepalived', '-n', '-l', '-D', '-P', '-f', config, '-p', pid, '-r', child];
    const started = spawn('ip', ['netns', 'exec', this.host.namespace, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = started;
    this.log = '';
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (data) => {
        this.log += data;
      });
    }
    this.#ended = new Promise((ended) => {
      started.once('close', ended);
    });
    const isListening = await this.within(10_000, () => instances.every(({ name }) => this.state(name) !== 'INIT'));
    if (!isListening) throw new Error(`keepalived does not listen:\n${this.log}`);
  }

  /** The state that an instance says it entered last. */
  state(name: string): InstanceState {
    const entered = this.log.matchAll(/\((\S+)\) Entering (BACKUP|MASTER|FAULT) STATE/g);
    const states = [...entered].filter(([, instance]) => instance === name).map(([, , state]) => state);
    return (states.at(-1) as InstanceState | undefined) ?? 'INIT';
  }

  async within(milliseconds: number, seen: () => boolean): Promise<boolean> {
    const end = performance.now() + milliseconds;
    while (!seen()) {
      if (performance.now() > end) return false;
      await Bun.sleep(10);
    }
    return true;
  }

  /** With priority 0 for what it leads. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#ended;
    this.#child = null;
  }

  /** `kill -9`, and then what a user does about the addresses that stay behind. */
  async crash(): Promise<void> {
    if (this.#child) {
      const { stdout } = spawnSync('ip', ['netns', 'pids', this.host.namespace], { encoding: 'utf8' });
      for (const pid of stdout.split('\n').filter(Boolean)) if (isKeepalived(pid)) process.kill(Number(pid), 'SIGKILL');
      await this.#ended;
      this.#child = null;
    }
    for (const address of this.#addresses) {
      const prefix = address.includes(':') ? 128 : 32;
      const place = [`${address}/${prefix}`, 'dev', this.host.interface];
      spawnSync('ip', ['-n', this.host.namespace, 'address', 'delete', ...place], { stdio: 'ignore' });
    }
  }

  async close(): Promise<void> {
    await this.crash();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isKeepalived(pid: string): boolean {
  return spawnSync('cat', [`/proc/${pid}/comm`], { encoding: 'utf8' }).stdout.trim() === 'keepalived';
}

function blockOf({ name, id, priority = 100, interval = 1, addresses, more = [] }: VrrpInstance): string {
  return `vrrp_instance ${name} {
  state BACKUP
  interface eth0
  virtual_router_id ${id}
  priority ${priority}
  advert_int ${interval}
  virtual_ipaddress {
    ${addresses.join('\n    ')}
  }
${more.map((line) => `  ${line}\n`).join('')}}
`;
}
