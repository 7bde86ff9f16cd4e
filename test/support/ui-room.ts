// The interface as a person has it in front of them: the compiled binary in a terminal, a daemon on a throw-away LAN behind it.
import { expect } from 'bun:test';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '#cli/lab.ts';
import { Box, binary } from './box.ts';
import { documents, nodeConfig, policy, pool, service } from './manifests.ts';
import { TmuxScreen } from './tmux-screen.ts';

/** Usual screen, cursor shown, no mouse. */
export const usual = 'alternate=0 cursor=1 mouse=0';
/** The screen of a full-screen program. */
export const taken = 'alternate=1 cursor=0 mouse=0';

const screens = [
  ['1', '[1 Overview]'],
  ['2', '[2 Pools]'],
  ['3', '[3 Services]'],
  ['4', '[4 Leaders]'],
  ['5', '[5 Traffic]'],
  ['6', '[6 Policies]'],
  ['7', '[7 Events]'],
  ['?', 'COMMANDS'],
] as const;

export const settings = nodeConfig('{announce: {burst: [0ms], refresh: 24h}}');

export class UiRoom {
  readonly lab: Lab;
  readonly box: Box;
  readonly #name: string;
  #screen: TmuxScreen | null = null;

  /** `letters`: of the suite, for the names of namespaces. */
  constructor(letters: string) {
    this.#name = `ll-${letters}`;
    this.lab = new Lab(`${this.#name}${process.pid}`);
    this.box = new Box(this.lab, this.lab.addHost('edge', ['192.0.2.1/24'], '02:00:00:00:00:01'));
  }

  /** Two services with 192.0.2.10 and .11, and a third address for another one. */
  async startDaemon(): Promise<void> {
    const addresses = pool('p', '192.0.2.10', '192.0.2.12');
    this.box.write('all.yaml', documents(addresses, service('web'), service('api'), policy('lan'), settings));
    await this.box.start();
  }

  get screen(): TmuxScreen {
    if (this.#screen === null) throw new Error('no terminal is open');
    return this.#screen;
  }

  /** A shell in a terminal of its own; an earlier one is closed. */
  open(columns = 100, rows = 30): TmuxScreen {
    this.closeScreen();
    this.#screen = new TmuxScreen(this.#name, columns, rows);
    return this.#screen;
  }

  /** Types the command; what it ended with is told. */
  run(command: string): void {
    this.screen.type(`${command}; echo "ended with $?"`);
  }

  /** The interface, live. */
  async start({ columns = 120, rows = 35, before = '' }: StartWishes = {}): Promise<void> {
    this.open(columns, rows);
    this.run(`${before} ${this.command}`);
    await this.screen.shows('LIVE');
  }

  /** Goes to every screen, and to the help, and looks at each once it is there. */
  async eachScreen(look: (key: string) => void | Promise<void>): Promise<void> {
    for (const [key, title] of screens) {
      this.screen.keys(key);
      await this.screen.shows(title);
      // The lines at the top may be drawn before the rest.
      await Bun.sleep(150);
      await look(key);
    }
  }

  get command(): string {
    return `${binary} ui --socket ${this.box.socket}`;
  }

  /** The program from its source, with a fault inside as soon as `fault` is called. */
  get faultyProgram(): string {
    const preload = join(import.meta.dir, 'fault-after-start.ts');
    return `${process.execPath} --preload ${preload} ${join(import.meta.dir, '../../src/main.ts')}`;
  }

  /** What it is started with: `throw`, `reject` or `render`. */
  faultSettings(how: string): string {
    rmSync(this.#trigger, { force: true });
    return `FAULT=${how} FAULT_WHEN=${this.#trigger}`;
  }

  fault(): void {
    writeFileSync(this.#trigger, '');
  }

  get #trigger(): string {
    return join(this.box.folder, 'fault');
  }

  /** Of the interface; NaN: there is none. */
  pid(command = this.command): number {
    const found = Bun.spawnSync(['pgrep', '-f', `^${command}`]).stdout.toString();
    return Number(found.trim().split('\n').at(-1) || Number.NaN);
  }

  /** The terminal is as it was: usual screen, cursor, echo, lines, keys that interrupt. @returns what the program ended with */
  async expectRestored(): Promise<number> {
    await this.screen.shows(/ended with \d+/);
    const code = Number(/ended with (\d+)/.exec(this.screen.text())?.[1]);
    expect(this.screen.modes()).toBe(usual);
    this.screen.type('clear; stty -a | tr " " "\\n" | grep -xE -- "-?(echo|icanon|isig);?" | tr "\\n" " "');
    await this.screen.shows(/^isig icanon echo/m);
    return code;
  }

  closeScreen(): void {
    this.#screen?.close();
    this.#screen = null;
  }

  async close(): Promise<void> {
    this.closeScreen();
    await this.box.close();
    this.lab.close();
  }
}

export interface StartWishes {
  readonly columns?: number;
  readonly rows?: number;
  /** Variables for its environment. */
  readonly before?: string;
}
