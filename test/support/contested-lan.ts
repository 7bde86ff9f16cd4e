// A LAN with a box and another host that wants the same addresses, for tests that judge from that host.
import { Lab, type LabHost } from '#cli/lab.ts';
import { arpBytes } from './arp-text.ts';
import { Asker, type Heard } from './asker.ts';
import { Box, patience } from './box.ts';
import { documents, policy, pool } from './manifests.ts';

const nobody = '0.0.0.0';

export class ContestedLan {
  readonly lab: Lab;
  readonly edge: LabHost;
  readonly other: LabHost;
  readonly asker: Asker;
  box: Box;

  /** `letters`: of the suite, for the names of namespaces. */
  constructor(letters: string) {
    this.lab = new Lab(`ll-${letters}${process.pid}`);
    try {
      this.other = this.lab.addHost('other', ['192.168.10.3/24'], '02:00:00:00:40:bb');
      this.edge = this.lab.addHost('edge-1', ['192.168.10.2/24'], '02:00:00:00:40:01');
      this.asker = new Asker(this.other, '192.168.10.3');
      this.box = new Box(this.lab, this.edge);
    } catch (error) {
      this.lab.close();
      throw error;
    }
  }

  /** A box with these services. `conflict`: settings in flow style; `pools`: else one of .212 to .219. */
  async start(conflict: string, services: readonly string[], pools?: string): Promise<void> {
    await this.box.close();
    this.box = new Box(this.lab, this.edge);
    this.settings(conflict);
    const range = pools ?? pool('blue', '192.168.10.212', '192.168.10.219');
    this.box.write('pool.yaml', documents(range, policy('lan')));
    this.box.write('services.yaml', documents(...services));
    this.asker.clear();
    await this.box.start();
  }

  settings(conflict: string): void {
    const spec = `spec: {conflict: ${conflict}, announce: {burst: [0ms], refresh: 10m}, reload: {watch: false}}`;
    this.box.write('node.yaml', `apiVersion: lanlord.dev/v1\nkind: NodeConfig\n${spec}\n`);
  }

  /** The kernel of the other host takes an address, silently, and lets it go. */
  take(ip: string): void {
    this.lab.ip(['-n', this.other.namespace, 'address', 'add', ip, 'dev', 'eth0', ...nodad(ip)]);
  }

  release(ip: string): void {
    this.lab.ip(['-n', this.other.namespace, 'address', 'del', ip, 'dev', 'eth0']);
  }

  /** The other host announces the address; `from`: its MAC. */
  claim(ip: string, from = this.asker.mac): void {
    this.asker.send(arpBytes({ from, sender: ip, target: ip }));
  }

  probes(ip: string): Heard[] {
    return this.#ours(({ sender, target }) => sender === nobody && target === ip);
  }

  announcements(ip: string): Heard[] {
    return this.#ours(({ operation, sender, target }) => operation === 1 && sender === ip && target === ip);
  }

  async states(): Promise<string[]> {
    return (await this.box.get('leaders')).map(({ ip, state }) => `${ip} ${state}`);
  }

  isHere(ip: string): Promise<boolean> {
    return this.box.within(patience, async () => (await this.states()).includes(`${ip} here`));
  }

  async kinds(): Promise<string[]> {
    return (await this.box.get('events')).map(({ kind }) => kind);
  }

  async codes(): Promise<string[]> {
    return (await this.box.get('problems')).map(({ code, object }) => `${code} ${object}`);
  }

  async close(): Promise<void> {
    this.asker.close();
    await this.box.close();
    this.lab.close();
  }

  #ours(seen: (frame: Heard) => boolean): Heard[] {
    return this.asker.heard.filter((frame) => frame.from === this.box.mac && seen(frame));
  }
}

function nodad(ip: string): readonly string[] {
  return ip.includes(':') ? ['nodad'] : [];
}
