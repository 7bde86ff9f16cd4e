// FRR's vrrpd(8) on a host of a throw-away LAN: it leads by bringing up a macvlan interface with the virtual MAC.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab, LabHost } from '#cli/lab.ts';
import { ipIn } from './cable.ts';
import { scratchDirectory } from './scratch-directory.ts';

const programs = '/usr/lib/frr';

/** For the name of a suite: why it is skipped here, or nothing. */
export function lacksFrr(): string {
  return existsSync(join(programs, 'vrrpd')) ? '' : ' (skipped: the program vrrpd is missing: apt-get install frr)';
}

export interface FrrRouter {
  readonly id: number;
  readonly ip: string;
  readonly ip6: string;
  /** Lines for the interface beside those that follow from the rest. */
  readonly more?: readonly string[];
}

export class Frr {
  readonly host: LabHost;
  readonly #lab: Lab;
  readonly #folder = scratchDirectory();
  readonly #running: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[] = [];
  /** Everything that vrrpd has said since it was started. */
  log = '';

  constructor(lab: Lab, host: LabHost) {
    this.#lab = lab;
    this.host = host;
  }

  /** What its answers come from. */
  static virtualMac(id: number, family: 4 | 6): string {
    return `00:00:5e:00:0${family === 4 ? 1 : 2}:${id.toString(16).padStart(2, '0')}`;
  }

  /** The interfaces that its manual asks for; once per host. */
  prepare({ id, ip, ip6 }: FrrRouter): void {
    // Else eth0 answers for an address of any interface, also while its virtual router is in Backup.
    this.#lab.ip(['netns', 'exec', this.host.namespace, 'sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=1']);
    for (const [family, address] of [
      [4, `${ip}/24`],
      [6, `${ip6}/64`],
    ] as const) {
      const name = `vrrp${family}-${id}`;
      ipIn(this.#lab, this.host, 'link', 'add', name, 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge');
      ipIn(this.#lab, this.host, 'link', 'set', name, 'address', Frr.virtualMac(id, family));
      ipIn(this.#lab, this.host, 'address', 'add', address, 'dev', name, ...(family === 6 ? ['nodad'] : []));
      ipIn(this.#lab, this.host, 'link', 'set', name, 'up');
      // As vrrpd leaves it while it does not lead: else the kernel would answer before it runs.
      ipIn(this.#lab, this.host, 'link', 'set', name, 'protodown', 'on');
    }
  }

  async start({ id, ip, ip6, more = [] }: FrrRouter): Promise<void> {
    const lines = ['version 3', `ip ${ip}`, `ipv6 ${ip6}`, ...more].map((line) => ` vrrp ${id} ${line}\n`);
    writeFileSync(join(this.#folder, 'zebra.conf'), 'hostname zebra\n');
    writeFileSync(join(this.#folder, 'vrrpd.conf'), `interface eth0\n${lines.join('')}`);
    spawnSync('chown', ['-R', 'frr:frr', this.#folder]);
    this.log = '';
    const socket = join(this.#folder, 'zserv');
    rmSync(socket, { force: true });
    this.#run('zebra');
    if (!(await this.#within(() => existsSync(socket)))) throw new Error('zebra does not start');
    this.#run('vrrpd');
    if (!(await this.#within(() => this.state(4) !== 'Initialize'))) throw new Error(`vrrpd:\n${this.log}`);
  }

  /** What the virtual router of a family says that it became last. */
  state(family: 4 | 6): string {
    const changes = [...this.log.matchAll(/\[IPv([46])\] (\w+) -> (\w+)/g)];
    return changes.findLast(([, own]) => own === String(family))?.[3] ?? 'Initialize';
  }

  async became(state: 'Master' | 'Backup', milliseconds = 15_000): Promise<boolean> {
    return await this.#within(() => this.state(4) === state && this.state(6) === state, milliseconds);
  }

  /** With priority 0 for what it leads. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    for (const { child, ended } of this.#running.splice(0).reverse()) {
      child.kill(signal);
      await ended;
    }
  }

  async close(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(program: 'zebra' | 'vrrpd'): void {
    const file = (name: string) => join(this.#folder, name);
    const places = ['-f', file(`${program}.conf`), '-i', file(`${program}.pid`), '-z', file('zserv')];
    const quiet = ['--vty_socket', this.#folder, '-P', '0', '--log', 'stdout', '--log-level', 'debug'];
    const command = ['netns', 'exec', this.host.namespace, join(programs, program), ...places, ...quiet];
    const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        if (program === 'vrrpd') this.log += data;
      });
    }
    this.#running.push({ child, ended: new Promise((ended) => child.once('close', ended)) });
  }

  async #within(seen: () => boolean, milliseconds = 10_000): Promise<boolean> {
    const end = performance.now() + milliseconds;
    while (!seen()) {
      if (performance.now() > end) return false;
      await Bun.sleep(20);
    }
    return true;
  }
}
