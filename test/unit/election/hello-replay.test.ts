// Somebody on the LAN plays back what boxes said: whoever starts believes only boxes that are there, and waits no longer.
import { afterAll, describe, expect, test } from 'bun:test';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HelloService } from '#election/hello-service.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { isThere, type PeerFacts } from '#model/peers.ts';
import type { Clock } from '#ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLog } from '../../support/fake-world.ts';
import { HelloNetwork } from '../../support/hello-network.ts';
import { allocation, networkInterface } from '../../support/objects.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';
import { seeded } from '../../support/seeded.ts';

const folder = scratchDirectory();
const keyFile = join(folder, 'key');
writeFileSync(keyFile, 'a key that is long enough');
chmodSync(keyFile, 0o600);
afterAll(() => rmSync(folder, { recursive: true }));

const signed = { ...defaultNodeConfig('x').election, hello: { intervalMs: 1000, keyFile } };
const unsigned = defaultNodeConfig('x').election;
const addressesOf = (n: number) => ({ IPv4: `192.0.2.${n}`, IPv6: `fe80::${n}` });

/** A start of box `n`: each has another instance, and one service more than the last. */
class Start {
  readonly service: HelloService;
  readonly facts: PeerFacts;

  constructor(n: number, start: number, net: HelloNetwork, clock: Clock, settings = signed) {
    const { IPv4, IPv6 } = addressesOf(n);
    const mac = `02:00:00:00:00:${String(n).padStart(2, '0')}`;
    const link = networkInterface('eth0', {
      mac,
      addresses: [
        { family: 'IPv4', address: IPv4, prefixLength: 24 },
        { family: 'IPv6', address: IPv6, prefixLength: 64 },
      ],
    });
    const services = Array.from({ length: start + 1 }, (_, i) => allocation(`apps/s${n}-${i}`, `10.${n}.0.${i}`));
    this.facts = {
      ...{ node: `edge-${n}`, labels: {}, generation: 1, configHash: 'same', state: 'ready', vips: 0, settings },
      links: [{ link, led: new Set(), eligible: new Set([128]) }],
      ...{ macs: [mac], allocations: services, exclusions: [] },
    };
    const random = seeded(n * 1000 + start);
    this.service = new HelloService({
      ...{ clock, log: new FakeLog(), open: net.opener({ IPv4, IPv6 }), onChange: () => undefined },
      random: () => Math.floor(random() * 2 ** 32),
    });
  }

  get heard(): readonly string[] {
    return this.service.peers().flatMap((peer) => (isThere(peer) ? [peer.node] : []));
  }

  get records(): readonly string[] {
    return this.service
      .records()
      .records.map(({ service }) => service)
      .sort();
  }
}

/** The same clock, whose time of day is an hour behind. */
function anHourBehind(time: FakeClock): Clock {
  return {
    monotonicMs: () => time.monotonicMs(),
    wallMs: () => time.wallMs() - 3_600_000,
    setTimeout: (callback, delayMs) => time.setTimeout(callback, delayMs),
  };
}

/** Says everything that was said once more, to everybody. */
function playBack(net: HelloNetwork, said: readonly { readonly bytes: Uint8Array; readonly from: string }[]): void {
  for (const { bytes, from } of said) {
    for (const n of [1, 2, 3]) {
      const { IPv4, IPv6 } = addressesOf(n);
      net.inject(bytes, from, from.includes(':') ? IPv6 : IPv4);
    }
  }
}

async function joined(start: Start, time: FakeClock): Promise<number> {
  const beganMs = time.monotonicMs();
  let endMs = 0;
  void start.service.join(start.facts).then(() => {
    endMs = time.monotonicMs();
  });
  for (let i = 0; i < 800 && endMs === 0; i++) await time.advance(10);
  start.service.apply(start.facts);
  return endMs - beganMs;
}

describe('a box that starts', () => {
  test('believes no signed hello or record of a box that is gone, and soon goes on without it', async () => {
    const [time, net] = [new FakeClock(), new HelloNetwork()];
    const said: { bytes: Uint8Array; from: string }[] = [];
    net.onSend = (bytes, from) => said.push({ bytes, from });
    const [first, gone] = [new Start(1, 0, net, time), new Start(2, 3, net, time)];
    for (const box of [first, gone]) box.service.apply(box.facts);
    await time.advance(5000);
    expect(first.records).toEqual(['apps/s2-0', 'apps/s2-1', 'apps/s2-2', 'apps/s2-3']);
    const recorded = said.filter(({ from }) => Object.values(addressesOf(2)).includes(from));
    gone.service.apply(null);
    first.service.apply(null);
    await time.advance(1000);

    const again = new Start(1, 1, net, time);
    let played = 0;
    const beganMs = time.monotonicMs();
    let endMs = 0;
    void again.service.join(again.facts).then(() => {
      endMs = time.monotonicMs();
    });
    for (let i = 0; i < 600; i++) {
      // Bit by bit, so that it looks like a box that goes on.
      playBack(net, recorded.slice(played, played + 2));
      played += 2;
      await time.advance(10);
      expect(again.heard).toEqual([]);
      expect(again.records).toEqual([]);
    }
    expect(played).toBeGreaterThan(recorded.length);
    expect(endMs - beganMs).toBeLessThanOrEqual(1050);
    expect(endMs).toBeGreaterThan(0);
  });

  test('waits no longer for boxes that are there than it does where nothing is signed', async () => {
    const took: number[] = [];
    for (const settings of [unsigned, signed]) {
      for (const others of [1, 2]) {
        const [time, net] = [new FakeClock(), new HelloNetwork()];
        for (let n = 2; n < 2 + others; n++) {
          const other = new Start(n, 40, net, time, settings);
          other.service.apply(other.facts);
        }
        await time.advance(3333);
        const fresh = new Start(1, 0, net, time, settings);
        took.push(await joined(fresh, time));
        expect(fresh.records.length).toBe(41 * others);
      }
    }
    const [plain = 0, plainOfTwo = 0, proven = 0, provenOfTwo = 0] = took;
    expect(proven).toBeLessThanOrEqual(plain + 50);
    expect(provenOfTwo).toBeLessThanOrEqual(plainOfTwo + 50);
  });

  test('two that start at once know each other as soon as where nothing is signed', async () => {
    const took: number[] = [];
    for (const settings of [unsigned, signed]) {
      const [time, net] = [new FakeClock(), new HelloNetwork()];
      const boxes = [1, 2].map((n) => new Start(n, 5, net, time, settings));
      const joins = boxes.map((box) => box.service.join(box.facts));
      const beganMs = time.monotonicMs();
      let endMs = 0;
      void Promise.all(joins).then(() => {
        endMs = time.monotonicMs();
      });
      for (let i = 0; i < 600 && endMs === 0; i++) await time.advance(10);
      took.push(endMs - beganMs);
      expect(boxes.map(({ heard }) => heard)).toEqual([['edge-2'], ['edge-1']]);
      expect(boxes.map(({ records }) => records.length)).toEqual([6, 6]);
    }
    const [plain = 0, proven = 0] = took;
    expect(proven).toBeLessThanOrEqual(plain + 100);
  });

  test('of 24 boxes, more than a hello has room to name, each believes all others', async () => {
    const [time, net] = [new FakeClock(), new HelloNetwork()];
    const boxes = Array.from({ length: 24 }, (_, i) => new Start(i + 1, 0, net, time));
    for (const box of boxes) box.service.apply(box.facts);
    await time.advance(6000);
    expect(boxes.map(({ heard }) => heard.length)).toEqual(boxes.map(() => 23));
    const late = new Start(25, 0, net, time);
    expect(await joined(late, time)).toBeLessThanOrEqual(1100);
    await time.advance(3000);
    expect([...boxes, late].map(({ heard }) => heard.length)).toEqual([...boxes, late].map(() => 24));
  }, 60_000);

  test('is heard though its clock went back, with a key, too: it is told from which number on it is believed', async () => {
    for (const settings of [unsigned, signed]) {
      const [time, net] = [new FakeClock(), new HelloNetwork()];
      const [first, second] = [1, 2].map((n) => new Start(n, 0, net, time, settings));
      if (!first || !second) throw new Error('no boxes');
      for (const box of [first, second]) box.service.apply(box.facts);
      await time.advance(3000);
      second.service.apply(null);
      const again = new Start(2, 3, net, anHourBehind(time), settings);
      again.service.apply(again.facts);
      await time.advance(10_000);
      expect([first.heard, again.heard]).toEqual([['edge-2'], ['edge-1']]);
      expect(first.records).toHaveLength(4);
    }
  });

  test('simulated: boxes come and go while everything is played back at random; in the end all agree', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const unit = seeded(seed);
      const [time, net] = [new FakeClock(), new HelloNetwork()];
      const said: { bytes: Uint8Array; from: string }[] = [];
      let isPlaying = false;
      net.onSend = (bytes, from) => {
        if (!isPlaying && said.length < 20_000) said.push({ bytes, from });
      };
      const running = new Map<number, Start>();
      const leftMs = new Map<number, number>();
      for (let step = 0; step < 60; step++) {
        const n = 1 + Math.floor(unit() * 3);
        const present = running.get(n);
        if (present && unit() < 0.4) {
          // Without a word: it is dead.
          net.silence(Object.values(addressesOf(n)));
          present.service.apply(null);
          running.delete(n);
          leftMs.set(n, time.monotonicMs());
        } else if (!present) {
          net.speak(Object.values(addressesOf(n)));
          const fresh = new Start(n, step, net, time);
          running.set(n, fresh);
          fresh.service.apply(fresh.facts);
        }
        for (let i = 0; i < 20; i++) {
          isPlaying = true;
          const from = Math.floor(unit() * said.length);
          playBack(net, said.slice(from, from + Math.floor(unit() * 8)));
          isPlaying = false;
          await time.advance(50);
          for (const [self, box] of running) {
            for (const node of box.heard) {
              const other = Number(node.slice(-1));
              const goneForMs = running.has(other) ? 0 : time.monotonicMs() - (leftMs.get(other) ?? 0);
              // Three intervals and what a look takes.
              if (goneForMs > 3400)
                throw new Error(`seed ${seed}: ${self} believes in ${node}, gone for ${goneForMs} ms`);
            }
          }
        }
      }
      await time.advance(8000);
      for (const [n, box] of running) {
        const others = [...running.keys()].filter((other) => other !== n).sort();
        expect(box.heard).toEqual(others.map((other) => `edge-${other}`));
        const held = others.flatMap((other) => running.get(other)?.facts.allocations.length ?? 0);
        expect(box.records.length).toBe(held.reduce((sum, count) => sum + count, 0));
      }
    }
  }, 60_000);
});
