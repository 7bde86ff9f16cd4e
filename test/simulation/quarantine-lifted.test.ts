// A quarantine from its first conflict to its end, hours in a moment: the loop of the daemon, the announcer, the shared table
// and the turn of the capture worker as they are, on a clock that a test moves; the LAN is one stranger.
// Read RFC 5227 §2.1.1 before changing this file.
import { afterEach, expect, test } from 'bun:test';
import { Announcer } from '#announce/announcer.ts';
import { createGauges } from '#capture/gauges.ts';
import { ResponderLoop } from '#capture/responder-loop.ts';
import { evaluate } from '#core/evaluate.ts';
import { DaemonBackend } from '#daemon/backend.ts';
import { Reconciler } from '#daemon/reconciler.ts';
import { parseMac } from '#model/address.ts';
import type { CaptureTarget, CaptureWorkers, Link } from '#ports.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { readNeighborSource } from '#table/neighbor-source.ts';
import { TableReader } from '#table/table-reader.ts';
import { arpBytes, noMac, readArp } from '../support/arp-text.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDelivery, FakeLinks, FakeLog, FakeSource, loaded } from '../support/fake-world.ts';
import { MemoryDisk, MemoryStateStore } from '../support/memory-state-store.ts';
import { networkInterface, nodeConfig, policy, pool, service } from '../support/objects.ts';

const vip = '192.0.2.10';
const stranger = '02:00:00:00:00:bb';
const own = '02:00:00:00:00:01';
const minute = 60_000;
const eth0 = networkInterface('eth0', {
  mac: own,
  addresses: [{ family: 'IPv4', address: '192.0.2.1', prefixLength: 24 }],
});

/** One cable: what the box sends is heard here, and answered for the addresses that the stranger has. */
class StrangerLink implements Link {
  readonly frame = new Uint8Array(128);
  readonly slotBytes = 128;
  readonly slots = 64;
  readonly wireLength = 60;
  readonly seconds = 0;
  readonly microseconds = 0;
  readonly out = new Uint8Array(this.slotBytes * this.slots);
  readonly has = new Set<string>();
  /** When the box asked about an address by a probe. */
  readonly asked: { readonly target: string; readonly atMs: number }[] = [];
  readonly #waiting: Uint8Array[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  next(): number {
    const frame = this.#waiting.shift();
    if (frame) this.frame.set(frame);
    return frame?.length ?? 0;
  }

  flush(count: number, lengths: Uint16Array): number {
    for (let i = 0; i < count; i++) {
      const at = i * this.slotBytes;
      const arp = readArp(this.out.slice(at, at + (lengths[i] ?? 0)));
      if (arp?.sender !== '0.0.0.0') continue;
      this.asked.push({ target: arp.target, atMs: this.#clock.monotonicMs() });
      if (this.has.has(arp.target)) this.say(arp.target);
    }
    return count;
  }

  say(ip: string): void {
    this.#waiting.push(
      arpBytes({ to: own, from: stranger, operation: 2, sender: ip, target: '0.0.0.0', targetMac: noMac }),
    );
  }

  wait(): number {
    return 0;
  }

  stats() {
    return { received: 0, dropped: 0, interfaceDropped: 0 };
  }

  close(): void {}
}

class World {
  readonly clock = new FakeClock();
  readonly link = new StrangerLink(this.clock);
  readonly #state: MemoryStateStore;
  readonly #reconciler: Reconciler;
  readonly #backend: DaemonBackend;
  #loop: ResponderLoop | null = null;
  #table: SharedArrayBuffer | null = null;

  constructor(disk = new MemoryDisk()) {
    const { clock } = this;
    const links = new FakeLinks();
    links.list = [eth0];
    const asks = { annotations: { 'lbipam.cilium.io/ips': vip } };
    const declared = { pools: [pool('blue', '192.0.2.0/24')], policies: [policy('lan')] };
    this.#state = new MemoryStateStore(disk);
    const announcer = new Announcer({
      workers: this.#workers(),
      groups: { apply: () => new Map(), close() {} },
      clock,
      log: new FakeLog(),
      onClaims: () => this.#reconciler.trigger(),
    });
    this.#reconciler = new Reconciler({
      source: new FakeSource(loaded('a', { ...declared, services: [service('default/web', asks)] })),
      ...{ links, sink: announcer, state: this.#state, delivery: new FakeDelivery(), log: new FakeLog(), clock },
      ...{ parse: async () => loaded('a'), paths: ['/etc/lanlord'], strictConfig: false, nodeName: 'edge-1' },
      ...{ evaluate, onReady: () => {}, random: () => 0.5 },
    });
    this.#backend = new DaemonBackend({
      ...{ reconciler: this.#reconciler, captures: () => announcer.report(), ask: async () => null, clock },
      ...{ journal: (n: number) => this.#state.journal(n), pid: 7, version: 'v', paths: [] },
      announce: () => [],
      moves: { move: () => Promise.reject(new Error('nobody moves anything here')) },
      traffic: () => ({ frames: [], next: '', lost: [], skipped: [], kernelDrops: [] }),
    });
  }

  /** One worker, whose turns this test makes. */
  #workers(): CaptureWorkers {
    return {
      apply: ([target]: readonly CaptureTarget[]) => {
        if (!target || target.table === this.#table) return;
        this.#table = target.table;
        this.#loop = this.#loopOn(target);
      },
      wake: () => {},
      states: () => [{ interface: 'eth0', capture: 'open', detail: '', kernelDrops: 0, announced: 0 }],
      settled: async () => {},
      close: async () => {},
    };
  }

  #loopOn({ table, mac }: CaptureTarget): ResponderLoop {
    return new ResponderLoop({
      ...{ link: this.link, table: new TableReader(table), claims: new ClaimRecorder(table) },
      ...{ mac: parseMac(mac) ?? new Uint8Array(6), neighborSource: () => readNeighborSource(table) },
      ...{ announce: nodeConfig().announce, gauges: new Uint32Array(createGauges()) },
      ...{ clock: () => this.clock.monotonicMs(), random: () => 0.5 },
    });
  }

  async start(): Promise<void> {
    await this.#reconciler.start();
  }

  /** Time goes on, and the worker takes its turns. */
  async pass(milliseconds: number, step = 50): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += step) {
      this.#loop?.turn();
      await this.clock.advance(step);
    }
  }

  quarantined(): number {
    return this.#backend.view().claims?.quarantine.length ?? 0;
  }

  kinds(): string[] {
    return this.#state.journal(100).map(({ kind }) => kind);
  }

  webState(): string | undefined {
    return this.#backend.view().snapshot?.desired.services[0]?.state;
  }

  async stop(): Promise<void> {
    await this.#reconciler.stop();
  }
}

let world: World | null = null;
afterEach(async () => {
  await world?.stop();
});

async function quarantine(): Promise<World> {
  world = new World();
  world.link.has.add(vip);
  await world.start();
  await world.pass(2000);
  expect(world.quarantined()).toBe(1);
  expect(world.webState()).toBe('pending');
  expect(world.kinds()).toContain('conflict.probe');
  world.link.asked.length = 0;
  return world;
}

const questions = ({ link }: World) => link.asked.filter(({ target }) => target === vip);

test('D-15: ten minutes after the stranger fell silent it is asked about once more; nobody answers, and it is given', async () => {
  const lan = await quarantine();
  lan.link.has.delete(vip);
  const silentMs = lan.clock.monotonicMs();
  await lan.pass(9 * minute, 250);
  expect(questions(lan)).toEqual([]);
  expect(lan.quarantined()).toBe(1);
  await lan.pass(2 * minute, 50);
  expect((questions(lan)[0]?.atMs ?? 0) - silentMs).toBeGreaterThan(9 * minute);
  expect(lan.quarantined()).toBe(0);
  expect(lan.kinds().filter((kind) => kind === 'conflict.lifted')).toHaveLength(1);
  expect(lan.webState()).toBe('ready');
  expect(lan.kinds()).toContain('leader.acquired');
}, 60_000);

test('D-15: a stranger that answers the question, or is heard meanwhile, keeps it for ten more minutes', async () => {
  const lan = await quarantine();
  await lan.pass(11 * minute, 100);
  expect(questions(lan).length).toBeGreaterThan(0);
  expect(lan.quarantined()).toBe(1);
  const before = questions(lan).length;
  await lan.pass(5 * minute, 250);
  lan.link.say(vip);
  await lan.pass(9 * minute, 250);
  expect(questions(lan)).toHaveLength(before);
  expect(lan.kinds()).not.toContain('conflict.lifted');
  expect(lan.webState()).toBe('pending');
}, 60_000);
