// A LAN that several boxes share, the cuts that can be made in it, and a host that judges who answers.
import { expect } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from './asker.ts';
import { Box, patience } from './box.ts';
import { documents, nodeConfig, policy, pool, service } from './manifests.ts';
import { NeighborAsker } from './neighbor-asker.ts';
import { SteadyAsker } from './steady-asker.ts';
import { VrrpHost } from './vrrp-host.ts';

export interface Declared {
  /** More of NodeConfig's `spec` in flow style, of all boxes or of each by its place. */
  readonly more?: string | ((place: number) => string);
  /** `spec.election` in flow style, without `mode`, of all boxes or of each by its place. */
  readonly election?: string | ((place: number) => string);
  readonly services?: number;
  /** IPv4 addresses of the pool; left out: those of the services, 200 at least. */
  readonly room?: number;
  /** Services have an address of either family. */
  readonly dualStack?: boolean;
}

export type Answerers = Readonly<Record<string, readonly string[]>>;

/** Longer than three hellos, after which a box knows of all others, and than a handover to the first choice. */
const calmMs = 3000;
/** Others notice what is done to a box, or to the network, within this time. */
const noticedMs = 3000;

export class SharedLan {
  readonly lab: Lab;
  readonly hosts: readonly LabHost[];
  /** Where questions come from. */
  readonly judge: LabHost;
  readonly client: Asker;
  readonly client6: NeighborAsker;
  readonly ear: VrrpHost;
  readonly #switch: string;
  #asking: SteadyAsker | null = null;
  /** When something was done to the network, milliseconds since 1970. BOUNDED: by the test. */
  #harmedAt: number[] = [];
  boxes: readonly Box[] = [];

  /** `letters`: of the suite. Boxes are `edge-1`…, with addresses 192.168.10.1… and 2001:db8::1…. */
  constructor(letters: string, count: number) {
    const prefix = `ll-${letters}${process.pid}`;
    this.lab = new Lab(prefix);
    this.#switch = `${prefix}-lan`;
    try {
      this.hosts = Array.from({ length: count }, (_, i) => {
        const addresses = [`192.168.10.${i + 1}/16`, `2001:db8::${i + 1}/64`];
        return this.lab.addHost(`edge-${i + 1}`, addresses, `02:00:00:00:54:0${i + 1}`);
      });
      this.judge = this.lab.addHost('judge', ['192.168.10.99/16', '2001:db8::99/64'], '02:00:00:00:54:99');
      this.client = new Asker(this.judge, '192.168.10.99');
      this.client6 = new NeighborAsker(this.judge, '2001:db8::99');
      this.ear = new VrrpHost(this.judge);
      this.#inSwitch(
        'nft',
        'add table bridge cuts; add chain bridge cuts forward { type filter hook forward priority 0; }',
      );
    } catch (error) {
      this.lab.close();
      throw error;
    }
  }

  /** New boxes with the same manifests, not started. */
  declare({
    election = '',
    services = 1,
    room = Math.max(200, services),
    dualStack = false,
    more = '',
  }: Declared = {}): readonly Box[] {
    this.boxes = this.hosts.map((host) => new Box(this.lab, host));
    const at = (text: string | ((place: number) => string), place: number) =>
      typeof text === 'string' ? text : text(place);
    const settings = (place: number) => {
      const voting = ['mode: vrrp', at(election, place)].filter(Boolean).join(', ');
      const fields = ['reload: {watch: false}', `election: {${voting}}`, at(more, place)].filter(Boolean);
      return nodeConfig(`{${fields.join(', ')}}`);
    };
    const pools = [
      pool('p4', SharedLan.vip(1), SharedLan.vip(room)),
      ...(dualStack ? [pool('p6', '2001:db8::b:1', '2001:db8::b:200')] : []),
    ];
    const names = Array.from({ length: services }, (_, i) => `s${String(i + 1).padStart(4, '0')}`);
    const wanted = names.map((name) => {
      const families = '  ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv4, IPv6]\n';
      return dualStack ? service(name) + families : service(name);
    });
    for (const [place, box] of this.boxes.entries()) {
      box.write('all.yaml', documents(settings(place), ...pools, policy('lan'), ...wanted));
    }
    return this.boxes;
  }

  /** The first addresses of the pools, in the order of services. */
  static vips(count: number): string[] {
    return Array.from({ length: count }, (_, i) => SharedLan.vip(i + 1));
  }

  /** The address of this number, from 1. */
  static vip(number: number): string {
    return `192.168.${11 + (number >> 8)}.${number & 0xff}`;
  }

  /** Asks from now on, until it is stopped or the test is over: two at a time would take each other's answers. */
  ask(addresses: readonly string[], everyMs: number): SteadyAsker {
    this.#asking = new SteadyAsker(this.client, addresses, everyMs);
    return this.#asking;
  }

  /** Address → MACs that answer it now. */
  async answerers(addresses: readonly string[]): Promise<Answerers> {
    const found = await this.#asked(addresses);
    // Silence of a second is silence; on a busy machine it may be a late answer: those are asked once more.
    const silent = addresses.filter((address) => found[address]?.length === 0);
    return silent.length === 0 ? found : { ...found, ...(await this.#asked(silent)) };
  }

  async #asked(addresses: readonly string[]): Promise<Answerers> {
    const found = await this.client.answered(addresses);
    return Object.fromEntries(addresses.map((address) => [address, [...new Set(found[address] ?? [])].sort()]));
  }

  /** Whether, within the time, each of these addresses comes to be answered by exactly one of these boxes. */
  async areLed(addresses: readonly string[], by: readonly Box[], milliseconds = patience): Promise<boolean> {
    const macs = by.map(({ mac }) => mac);
    const end = performance.now() + milliseconds;
    for (;;) {
      const answers = Object.values(await this.#asked(addresses));
      if (answers.every((found) => found.length === 1 && macs.includes(found[0] ?? ''))) return true;
      if (performance.now() > end) return false;
    }
  }

  /** The box that answers this address, and the others, as soon as exactly one does; throws when that does not come. */
  async leaderOf(address: string): Promise<{ readonly leader: Box; readonly others: readonly Box[] }> {
    expect(await this.areLed([address], this.boxes)).toBe(true);
    const macs = (await this.answerers([address]))[address] ?? [];
    const leader = this.boxes.find(({ mac }) => mac === macs[0]);
    if (!leader || macs.length !== 1) throw new Error(`${address} is answered by ${macs.join(' and ') || 'nobody'}`);
    return { leader, others: this.boxes.filter((box) => box !== leader) };
  }

  /** Waits until nothing moves any more: everybody has heard everybody, and has got what it is first choice for. */
  async settled(addresses: readonly string[]): Promise<void> {
    const end = performance.now() + 60_000;
    let [before, since] = ['', performance.now()];
    while (performance.now() - since < calmMs) {
      const answerers = await this.#asked(addresses);
      const now = JSON.stringify(answerers);
      const isLed = Object.values(answerers).every(({ length }) => length === 1);
      if (now !== before || !isLed) since = performance.now();
      before = now;
      if (performance.now() > end) throw new Error(`does not settle: ${now}`);
    }
  }

  /** Boxes that are declared here and run lead these addresses, and all has calmed down: the one that leads the first, and the other one. */
  async ranked(a: Box, b: Box, addresses: readonly string[] = [SharedLan.vip(1)]): Promise<readonly [Box, Box]> {
    expect(await this.areLed(addresses, [a, b])).toBe(true);
    await this.settled(addresses);
    const { leader } = await this.leaderOf(SharedLan.vip(1));
    return leader === a ? [a, b] : [b, a];
  }

  /** The first two boxes run: the one that leads the first address, and the one that follows. */
  async pair(declared: Declared = {}): Promise<readonly [Box, Box]> {
    const [a, b] = this.declare(declared);
    if (!a || !b) throw new Error('no boxes');
    await Promise.all([a.start(), b.start()]);
    return await this.ranked(a, b);
  }

  /** Boxes that others took for dead although nothing had been done to anybody: `WHEN: WHO by WHOM` of each time. */
  async takenForDead(): Promise<readonly string[]> {
    const harms = [this.#harmedAt, ...this.boxes.map(({ harmedAt }) => harmedAt)].flat();
    const isHarm = (atMs: number) => harms.some((harmMs) => atMs >= harmMs && atMs - harmMs < noticedMs);
    const found: string[] = [];
    for (const box of this.boxes.filter(({ isRunning }) => isRunning)) {
      for (const { at, cause, from, to } of await box.history().catch(() => [])) {
        if (cause === 'silence' && !isHarm(Date.parse(at))) found.push(`${at}: ${from} by ${to}`);
      }
    }
    return [...new Set(found)];
  }

  /** The switch forwards nothing from and to this host, which keeps its carrier. */
  partition(host: LabHost, isCut: boolean): void {
    this.#harmedAt.push(Date.now());
    const port = this.lab.portOf(host, 'eth0');
    this.#inSwitch('bridge', 'link', 'set', 'dev', port, 'state', isCut ? '0' : '3');
  }

  /** Frames from one host to another are lost; everybody else hears both. */
  lose(from: LabHost, to: LabHost): void {
    this.#harmedAt.push(Date.now());
    const [iif, oif] = [this.lab.portOf(from, 'eth0'), this.lab.portOf(to, 'eth0')];
    this.#inSwitch('nft', `add rule bridge cuts forward iifname ${iif} oifname ${oif} drop`);
  }

  loseNothing(): void {
    this.#inSwitch('nft', 'flush chain bridge cuts forward');
  }

  carrier(host: LabHost, state: 'up' | 'down'): void {
    this.#harmedAt.push(Date.now());
    this.lab.switchPort(this.lab.portOf(host, 'eth0'), state);
  }

  async end(): Promise<void> {
    await this.#asking?.stop();
    this.#asking = null;
    this.loseNothing();
    for (const host of this.hosts) {
      this.carrier(host, 'up');
      this.partition(host, false);
    }
    await Promise.all(this.boxes.map((box) => box.close()));
    this.boxes = [];
    this.#harmedAt = [];
  }

  close(): void {
    for (const one of [this.client, this.client6, this.ear]) one.close();
    this.lab.close();
  }

  #inSwitch(...command: readonly string[]): void {
    const { status, stderr } = spawnSync('ip', ['netns', 'exec', this.#switch, ...command], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  }
}
