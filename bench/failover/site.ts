// A LAN with two boxes and an asker, and the cuts that can be made in it.
import { spawnSync } from 'node:child_process';
import { Lab, type LabHost } from '#cli/lab.ts';
import { sh } from '../bed.ts';

export type BoxName = 'a' | 'b';
export const boxNames: readonly BoxName[] = ['a', 'b'];
export const vip = '10.98.1.1';
const addresses = { a: '10.98.0.1', b: '10.98.0.2', asker: '10.98.0.3' } as const;
const macs = { a: '02:98:00:00:00:0a', b: '02:98:00:00:00:0b', asker: '02:98:00:00:00:0c' } as const;

export class Site {
  readonly lab: Lab;
  readonly asker: LabHost & { readonly address: string };
  readonly #switch: string;
  readonly #boxes = new Map<BoxName, LabHost>();

  /** `name`: a few letters of its own. */
  constructor(name: string) {
    const prefix = `${name}${process.pid}`;
    this.lab = new Lab(prefix);
    this.#switch = `${prefix}-lan`;
    for (const box of boxNames) this.plugIn(box);
    const asker = this.lab.addHost('asker', [`${addresses.asker}/16`], macs.asker);
    this.asker = { ...asker, address: addresses.asker };
    const table = 'add table bridge cuts; add chain bridge cuts forward { type filter hook forward priority 0; }';
    this.#inSwitch('nft', table);
  }

  box(name: BoxName): LabHost {
    const host = this.#boxes.get(name);
    if (!host) throw new Error(`no box ${name}`);
    return host;
  }

  boxOf(mac: string): BoxName {
    const name = boxNames.find((box) => macs[box] === mac);
    if (!name) throw new Error(`no box has ${mac}`);
    return name;
  }

  /** A box that does not exist (any more). */
  plugIn(name: BoxName): void {
    this.#boxes.set(name, this.lab.addHost(name, [`${addresses[name]}/16`], macs[name]));
  }

  /** The host is gone, as if its power had failed. Whatever ran there is dead before. */
  unplug(name: BoxName): void {
    spawnSync('ip', ['netns', 'delete', this.box(name).namespace]);
  }

  /** The box sees that its cable is out. */
  carrier(name: BoxName, state: 'up' | 'down'): void {
    this.lab.switchPort(this.#port(name), state);
  }

  /** The switch forwards nothing from and to this box, which keeps its carrier. */
  partition(name: BoxName, isCut: boolean): void {
    const state = isCut ? 'disabled' : 'forwarding';
    const codes = { disabled: '0', forwarding: '3' } as const;
    this.#inSwitch('bridge', 'link', 'set', 'dev', this.#port(name), 'state', codes[state]);
  }

  /** Frames from one port to another are lost; left out: from or to every port. */
  lose({ from, to }: { readonly from?: BoxName; readonly to?: BoxName }): void {
    const conditions = [...(from ? [`iifname ${this.#port(from)}`] : []), ...(to ? [`oifname ${this.#port(to)}`] : [])];
    this.#inSwitch('nft', `add rule bridge cuts forward ${conditions.join(' ')} drop`);
  }

  loseNothing(): void {
    this.#inSwitch('nft', 'flush chain bridge cuts forward');
  }

  close(): void {
    this.lab.close();
  }

  #port(name: BoxName): string {
    return this.lab.portOf(this.box(name), 'eth0');
  }

  #inSwitch(...command: readonly string[]): void {
    sh('ip', ['netns', 'exec', this.#switch, ...command]);
  }
}
