// A box that runs the compiled lanlord in a namespace of a throw-away LAN.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandResult, Lab, LabHost } from '#cli/lab.ts';
import type { Items, Kind, StatusAnswer } from '#control/protocol.ts';
import { labMissing } from './linux-lab.ts';
import { scratchDirectory } from './scratch-directory.ts';

export const binary = resolve(import.meta.dir, '../../dist/lanlord');

/** For the name of a suite: why it is skipped here, or nothing. */
export function whySkipped(...tools: readonly string[]): string {
  const missing = labMissing(tools);
  return missing === null ? '' : ` (skipped: ${missing})`;
}

/** For the name of a test: that this kernel cannot make a link (after a first one named v), or nothing. */
export function kernelLacks(first: string, then: string): string {
  const script = `ip link add v type ${first} && ip link add name x ${then}`;
  const made = Bun.spawnSync(['unshare', '--net', 'sh', '-c', script], { stderr: 'ignore' }).success;
  return made ? '' : ` (skipped: this kernel has no such interface: ${then})`;
}

/** For what comes when it comes: the compiled program shares a machine with whatever else runs there. */
export const patience = 30_000;
const readyTimeoutMs = 60_000;
/** A thousand services on a machine that has more to do than it can take a daemon longer than people like to wait. */
const unhurried = ['--timeout', '25s'] as const;

export interface StartOptions {
  /** In place of the box's own `-c`. */
  readonly paths?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the program, such as `setpriv …`. */
  readonly through?: readonly string[];
  readonly cwd?: string;
}

export class Box {
  readonly lab: Lab;
  readonly host: LabHost;
  /** Everything of this box on disk. */
  readonly folder = scratchDirectory();
  /** What it hands over as `-c`. */
  readonly config = join(this.folder, 'config');
  readonly socket = join(this.folder, 'lanlord.sock');
  readonly state = join(this.folder, 'state');
  #child: ChildProcess | null = null;
  #ended: Promise<number | null> = Promise.resolve(null);
  /** When it was sent a signal, milliseconds since 1970. BOUNDED: by the test. */
  readonly harmedAt: number[] = [];
  /** What the running program has written to standard error. */
  log = '';

  constructor(lab: Lab, host: LabHost) {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: npm run build`);
    this.lab = lab;
    this.host = host;
    mkdirSync(this.config);
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('lanlord does not run');
    return pid;
  }

  /** The program and what every instance on this box is started with. */
  get command(): readonly string[] {
    return [binary, 'run', '--node', this.host.name];
  }

  get mac(): string {
    return this.host.mac;
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.config, file), text);
  }

  remove(file: string): void {
    rmSync(join(this.config, file));
  }

  /** Starts it without waiting. */
  launch(options: StartOptions = {}): void {
    const { paths = [this.config], args = [], env = {}, through = [], cwd } = options;
    const places = ['--socket', this.socket, '--state', this.state];
    const command = [...through, ...this.command, ...paths.flatMap((path) => ['-c', path]), ...places, ...args];
    const child = spawn('ip', ['netns', 'exec', this.host.namespace, ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.log = '';
    this.#child = child;
    child.stderr.on('data', (data) => {
      this.log += data;
    });
    this.#ended = new Promise((ended) => {
      child.once('close', (code) => {
        if (this.#child === child) this.#child = null;
        ended(code);
      });
    });
  }

  /** Starts it and waits until it says that it is ready. */
  async start(options: StartOptions = {}): Promise<void> {
    this.launch(options);
    const ready = await this.says(/^lanlord ready .*$/m, readyTimeoutMs);
    if (ready === null) throw new Error(`lanlord did not become ready:\n${this.log}`);
  }

  /** Waits for a line on standard error; null when the program ended, or the time, without it. */
  async says(pattern: RegExp, milliseconds = patience): Promise<string | null> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const found = pattern.exec(this.log);
      if (found) return found[0];
      if (this.#child === null || performance.now() > end) return null;
      await Bun.sleep(5);
    }
  }

  /** Runs it where it is expected to end by itself. */
  async runToEnd(options: StartOptions = {}): Promise<{ code: number | null; said: string }> {
    this.launch(options);
    const code = await Promise.race([this.#ended, Bun.sleep(readyTimeoutMs).then(() => null)]);
    if (this.#child) await this.crash();
    return { code, said: this.log };
  }

  /** Its exit code, once it has ended; null when a signal ended it. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  signal(name: NodeJS.Signals): void {
    this.harmedAt.push(Date.now());
    process.kill(this.pid, name);
  }

  async crash(): Promise<void> {
    this.harmedAt.push(Date.now());
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** Asks it to stop; returns its exit code. */
  async stop(): Promise<number | null> {
    this.harmedAt.push(Date.now());
    this.#child?.kill('SIGTERM');
    return await this.#ended;
  }

  /** A command of lanlord against this box. */
  lanlord(...args: readonly string[]): Promise<CommandResult> {
    return this.lab.exec(this.host, [binary, ...args, '--socket', this.socket]);
  }

  /** Applies what was written, now; throws when it is refused. */
  async reload(): Promise<string> {
    const { code, stdout, stderr } = await this.lanlord('reload', ...unhurried);
    if (code !== 0) throw new Error(`reload exits ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  async get<K extends Kind>(kind: K): Promise<readonly Items[K][]> {
    return (await this.#json<{ readonly items: readonly Items[K][] }>('get', kind)).items;
  }

  /** Of the last hour. */
  async history(): Promise<readonly Items['history'][]> {
    return (await this.#json<{ readonly items: readonly Items['history'][] }>('history', '--since', '1h')).items;
  }

  async status(): Promise<StatusAnswer> {
    return await this.#json('status');
  }

  async #json<T>(...args: readonly string[]): Promise<T> {
    const { stdout, stderr } = await this.lanlord(...args, ...unhurried, '-o', 'json');
    if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** The addresses of a service, by its name. */
  async addressesOf(name: string): Promise<readonly string[]> {
    return (await this.get('services')).find((service) => service.name === name)?.ips ?? [];
  }

  /** `ADDRESS INTERFACE` of every row that it says it answers. */
  async rows(): Promise<string[]> {
    return (await this.get('announcements')).map((row) => `${row.ip} ${row.interface}`).sort();
  }

  /** Polls until `seen` returns true; false after the time. */
  async within(milliseconds: number, seen: () => Promise<boolean>): Promise<boolean> {
    const end = performance.now() + milliseconds;
    while (!(await seen())) {
      if (performance.now() > end) return false;
      // Whoever asks without a pause takes the processor from what is waited for.
      await Bun.sleep(50);
    }
    return true;
  }

  /** Captures into a file while `action` runs, which begins once frames are taken. `args`: with a duration. */
  async capture(file: string, args: readonly string[], action: () => Promise<unknown>): Promise<CommandResult> {
    rmSync(file, { force: true });
    const running = this.lanlord('capture', '-w', file, ...args);
    // The head of the file is written when all interfaces are open.
    const hasBegun = await this.within(patience, async () => existsSync(file) && statSync(file).size > 0);
    if (!hasBegun) throw new Error(`capture does not begin: ${(await running).stderr}`);
    await action();
    return await running;
  }

  async close(): Promise<void> {
    await this.crash();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
