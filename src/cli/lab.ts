// A throw-away LAN in network namespaces: a bridge, and hosts with one cable each.
import { spawn, spawnSync } from 'node:child_process';

export interface LabHost {
  readonly name: string;
  /** Name of its network namespace. */
  readonly namespace: string;
  /** Its interface on the LAN. */
  readonly interface: string;
  readonly mac: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Failed to build the LAN: the command, and what it said. */
export class LabError extends Error {}

export class Lab {
  readonly #prefix: string;
  readonly #switch: string;
  /** BOUNDED: hosts of one lab. */
  readonly #namespaces: string[] = [];
  #cables = 0;
  /** Namespace and interface → port of the switch. BOUNDED: cables. */
  readonly #ports = new Map<string, string>();

  /** `prefix` keeps labs apart: a few letters and a number. Bridge and hosts live in namespaces `PREFIX-…`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#switch = this.#addNamespace('lan');
    this.ip(['-n', this.#switch, 'link', 'add', 'br0', 'type', 'bridge']);
    // A bridge forwards at once only without a forward delay and without spanning tree.
    this.ip([
      '-n',
      this.#switch,
      'link',
      'set',
      'br0',
      'type',
      'bridge',
      'stp_state',
      '0',
      'forward_delay',
      '0',
      'mcast_snooping',
      '0',
    ]);
    this.ip(['-n', this.#switch, 'link', 'set', 'br0', 'up']);
  }

  /** A host with interface `eth0` on the LAN. `addresses` with prefix length, such as `192.168.10.1/24`. */
  addHost(name: string, addresses: readonly string[], mac: string): LabHost {
    const namespace = this.#addNamespace(name);
    this.ip(['-n', namespace, 'link', 'set', 'lo', 'up']);
    const host = { name, namespace, interface: 'eth0', mac };
    this.addCable(host, 'eth0', mac);
    for (const address of addresses) {
      const noDad = address.includes(':') ? ['nodad'] : [];
      this.ip(['-n', namespace, 'address', 'add', address, 'dev', 'eth0', ...noDad]);
    }
    return host;
  }

  /** One more interface for a host, plugged into the same LAN and up. */
  addCable(host: LabHost, name: string, mac: string): void {
    const port = `p${this.#cables++}`;
    this.#ports.set(`${host.namespace} ${name}`, port);
    this.ip([
      'link',
      'add',
      port,
      'netns',
      this.#switch,
      'type',
      'veth',
      'peer',
      'name',
      name,
      'address',
      mac,
      'netns',
      host.namespace,
    ]);
    this.ip(['-n', this.#switch, 'link', 'set', port, 'master', 'br0', 'up']);
    this.ip(['-n', host.namespace, 'link', 'set', name, 'up']);
  }

  /** The port of the switch that an interface of a host is plugged into. */
  portOf(host: LabHost, name: string): string {
    const port = this.#ports.get(`${host.namespace} ${name}`);
    if (port === undefined) throw new LabError(`${host.name} has no cable on ${name}`);
    return port;
  }

  /** Down: the host at the other end of the cable loses its carrier. */
  switchPort(port: string, state: 'up' | 'down'): void {
    this.ip(['-n', this.#switch, 'link', 'set', port, state]);
  }

  /** Runs `ip` and throws LabError when it fails. */
  ip(args: readonly string[]): string {
    const result = run('ip', args);
    if (result.code !== 0) throw new LabError(`Cannot build the LAN: ip ${args.join(' ')}: ${result.stderr.trim()}`);
    return result.stdout;
  }

  /** Runs a command on a host and waits for it, at most 30 s. Does not block the event loop. */
  exec(host: LabHost, command: readonly string[]): Promise<CommandResult> {
    const child = spawn('ip', ['netns', 'exec', host.namespace, ...command], {
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    return new Promise((resolve) => {
      child.on('error', (error) => resolve({ code: 127, stdout, stderr: String(error) }));
      child.on('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
    });
  }

  /** Who answers an ARP request for `address`, asked from this host: the MACs, each once. */
  async whoAnswers(asker: LabHost, address: string): Promise<string[]> {
    const { stdout } = await this.exec(asker, ['arping', '-c', '1', '-w', '1', '-I', asker.interface, address]);
    const macs = [...stdout.matchAll(/\[([0-9A-F:]{17})\]/gi)].map((match) => (match[1] ?? '').toLowerCase());
    return [...new Set(macs)];
  }

  /** The kernel's neighbor entry of `address` on this host after it had to resolve it: MAC, or null when nobody answered. */
  async neighbor(asker: LabHost, address: string): Promise<string | null> {
    await this.exec(asker, ['ip', 'neigh', 'flush', 'to', address]);
    await this.exec(asker, ['bash', '-c', `exec 3<>/dev/udp/${address}/9 && echo >&3`]);
    for (let attempt = 0; attempt < 20; attempt++) {
      const { stdout } = await this.exec(asker, ['ip', 'neigh', 'show', 'to', address]);
      const mac = /lladdr ([0-9a-f:]{17})/.exec(stdout)?.[1];
      if (mac) return mac;
      if (stdout.includes('FAILED')) return null;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return null;
  }

  /** Removes everything; what still runs in the namespaces is killed first. */
  close(): void {
    for (const namespace of this.#namespaces.splice(0).reverse()) {
      const pids = run('ip', ['netns', 'pids', namespace]).stdout.split('\n').filter(Boolean).map(Number);
      for (const pid of pids) kill(pid);
      run('ip', ['netns', 'delete', namespace]);
    }
  }

  #addNamespace(name: string): string {
    const namespace = `${this.#prefix}-${name}`;
    this.ip(['netns', 'add', namespace]);
    this.#namespaces.push(namespace);
    return namespace;
  }
}

/** Why no LAN can be built here, with what to type; null when it can. */
export function labObstacle(): string | null {
  if (process.getuid?.() !== 0) return 'Network namespaces need root: sudo lanlord demo';
  if (run('ip', ['-V']).code !== 0) return 'The command "ip" is missing: apt-get install iproute2';
  const name = `lanlord-try-${process.pid}`;
  const made = run('ip', ['netns', 'add', name]);
  if (made.code !== 0)
    return `Cannot make a network namespace: ${made.stderr.trim()} (in a container: run it privileged)`;
  run('ip', ['netns', 'delete', name]);
  return null;
}

function run(command: string, args: readonly string[]): CommandResult {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  return { code: error ? 127 : (status ?? 137), stdout: stdout ?? '', stderr: error ? error.message : (stderr ?? '') };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
