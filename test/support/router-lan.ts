// A LAN where a box stands beside a virtual router of another make, and a host that asks, listens and forges.
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from './asker.ts';
import type { Box } from './box.ts';
import { documents, nodeConfig, pairedService, policy, pool } from './manifests.ts';
import { NeighborAsker } from './neighbor-asker.ts';
import { VrrpHost } from './vrrp-host.ts';

export interface Pairing {
  /** What the other router lists, of both families. */
  readonly addresses: readonly string[];
  /** More of `election.vrrp` in flow style. */
  readonly vrrp?: string;
  /** A service for each; the first one gets `vip` and `vip6`. */
  readonly ids?: readonly number[];
}

export class RouterLan {
  static readonly vip = '192.168.10.200';
  static readonly vip6 = '2001:db8::200';
  readonly lab: Lab;
  /** 192.168.10.2 and .3, 2001:db8::2 and ::3: the second has the greater addresses. */
  readonly hosts: readonly [LabHost, LabHost];
  /** 192.168.10.9 and 2001:db8::9. */
  readonly asker: LabHost;
  readonly client: Asker;
  readonly client6: NeighborAsker;
  readonly ear: VrrpHost;
  readonly #switch: string;

  /** `letters`: of the suite. `byte`: the last but one of all MACs, in hexadecimal digits; the last one is the host's number. */
  constructor(letters: string, byte: string) {
    const prefix = `ll-${letters}${process.pid}`;
    this.#switch = `${prefix}-lan`;
    this.lab = new Lab(prefix);
    const addHost = (name: string, number: number) =>
      this.lab.addHost(name, [`192.168.10.${number}/16`, `2001:db8::${number}/64`], `02:00:00:00:${byte}:0${number}`);
    try {
      this.hosts = [addHost('one', 2), addHost('two', 3)];
      this.asker = addHost('client', 9);
      this.client = new Asker(this.asker, '192.168.10.9');
      this.client6 = new NeighborAsker(this.asker, '2001:db8::9');
      this.ear = new VrrpHost(this.asker);
    } catch (error) {
      this.lab.close();
      throw error;
    }
  }

  /** The pairing that the manual describes: the id at the service, the list as the other one has it, the same interval. */
  pair(box: Box, { addresses, vrrp = '', ids = [51] }: Pairing): void {
    const list = addresses.map((address) => `"${address}"`).join(', ');
    const settings = `advertisementInterval: 1s, addresses: [${list}]${vrrp && `, ${vrrp}`}`;
    const config = nodeConfig(`{reload: {watch: false}, election: {mode: vrrp, vrrp: {${settings}}}}`);
    const pools = [pool('p4', RouterLan.vip, '192.168.10.230'), pool('p6', RouterLan.vip6, '2001:db8::230')];
    box.write('all.yaml', documents(config, ...pools, policy('lan'), ...ids.map(pairedService)));
  }

  /** MACs that answer the first address of either family now, IPv4 first. */
  async answerers(): Promise<readonly string[]> {
    return [...(await this.client.whoHas(RouterLan.vip, 0)), ...(await this.client6.whoHas(RouterLan.vip6, 0))];
  }

  /** The switch forwards nothing from and to this host, which keeps its carrier. */
  partition(host: LabHost, isCut: boolean): void {
    const port = ['dev', this.lab.portOf(host, 'eth0'), 'state', isCut ? '0' : '3'];
    this.lab.ip(['netns', 'exec', this.#switch, 'bridge', 'link', 'set', ...port]);
  }

  close(): void {
    for (const one of [this.client, this.client6, this.ear]) one.close();
    this.lab.close();
  }
}
