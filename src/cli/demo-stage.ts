// The stage of the demo: a throw-away LAN with a router, a client and an edge box that runs lanlord.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, Lab, type LabHost } from './lab.ts';

/** How this very program is started again: the compiled binary, or Bun with the entry file. */
export function selfCommand(): readonly string[] {
  const compiled = Bun.main.startsWith('/$bunfs/');
  return compiled ? [process.execPath] : [process.execPath, Bun.main];
}

const readyTimeoutMs = 15_000;

export class DemoStage {
  readonly lab: Lab;
  readonly router: LabHost;
  readonly client: LabHost;
  readonly edge: LabHost;
  readonly #directory: string;
  readonly #socket: string;
  #daemon: ChildProcess | null = null;
  #webServers: ChildProcess[] = [];
  #log = '';

  constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), 'lanlord-demo-'));
    this.#socket = join(this.#directory, 'lanlord.sock');
    this.lab = new Lab(`demo${process.pid}`);
    try {
      this.router = this.lab.addHost('router', ['192.168.10.1/24', '2001:db8:10::1/64'], '02:00:00:00:10:01');
      this.edge = this.lab.addHost('edge-1', ['192.168.10.2/24', '2001:db8:10::2/64'], '02:00:00:00:10:02');
      this.client = this.lab.addHost('client', ['192.168.10.100/24', '2001:db8:10::100/64'], '02:00:00:00:10:64');
    } catch (error) {
      this.lab.close();
      throw error;
    }
  }

  /** Writes one manifest file of the running configuration. */
  write(file: string, text: string): void {
    writeFileSync(join(this.#directory, file), text);
  }

  /** Starts the daemon on the edge box and waits until it says that it is ready. */
  start(): Promise<void> {
    const command = [...selfCommand(), 'run', '-c', this.#directory, '--node', 'edge-1'];
    const places = ['--socket', this.#socket, '--state', join(this.#directory, 'state')];
    const child = spawn('ip', ['netns', 'exec', this.edge.namespace, ...command, ...places], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#daemon = child;
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}\n${this.#log}`));
      const timer = setTimeout(() => fail('lanlord did not become ready'), readyTimeoutMs);
      child.stderr?.on('data', (data) => {
        this.#log = `${this.#log}${data}`.slice(-4000);
        if (!this.#log.includes('lanlord ready ')) return;
        clearTimeout(timer);
        resolve();
      });
      child.on('exit', (code) => {
        clearTimeout(timer);
        fail(`lanlord ended with code ${code}`);
      });
    });
  }

  /** Kills the daemon with SIGKILL, as a crash would. */
  async crash(): Promise<void> {
    const child = this.#daemon;
    this.#daemon = null;
    if (!child) return;
    this.#log = '';
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.removeAllListeners('exit');
    // `ip netns exec` replaces itself: the child is the daemon.
    child.kill('SIGKILL');
    await ended;
  }

  /** A command of lanlord against the demo's daemon. */
  lanlord(args: readonly string[]): Promise<CommandResult> {
    return this.lab.exec(this.edge, [...selfCommand(), ...args, '--socket', this.#socket]);
  }

  /** What a person can type in another shell while the LAN is up. */
  invitation(): readonly string[] {
    const program = selfCommand().join(' ');
    return [
      `${program} status --socket ${this.#socket}`,
      `${program} get leaders --socket ${this.#socket}`,
      `ip netns exec ${this.router.namespace} arping -c 3 -I ${this.router.interface} 192.168.10.215`,
      `ip netns exec ${this.client.namespace} curl http://192.168.10.215/`,
    ];
  }

  /** Applies what was written, now. */
  async reload(): Promise<void> {
    const result = await this.lanlord(['reload']);
    if (result.code !== 0) throw new Error(`reload: ${result.stdout}${result.stderr}`);
  }

  async services(): Promise<{ name: string; ips: string[]; state: string; message: string }[]> {
    const { stdout, stderr } = await this.lanlord(['get', 'services', '-o', 'json']);
    if (!stdout) throw new Error(`get services: ${stderr}`);
    return JSON.parse(stdout).items;
  }

  /** A web page behind the service, listening on every address of the edge box. */
  serve(port: number, page: string): void {
    const program = `Bun.serve({ port: ${port}, hostname: '::', fetch: () => new Response(${JSON.stringify(page)}) })`;
    const child = spawn('ip', ['netns', 'exec', this.edge.namespace, process.execPath, '-e', program], {
      stdio: 'ignore',
      env: { ...process.env, BUN_BE_BUN: '1' },
    });
    this.#webServers.push(child);
  }

  async close(): Promise<void> {
    for (const server of this.#webServers) server.kill('SIGKILL');
    const child = this.#daemon;
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(patience);
    }
    this.lab.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
