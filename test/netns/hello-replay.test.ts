// Somebody on the LAN who plays back signed hellos: boxes that start believe only boxes that are there.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLink } from '#native/link.ts';
import { type Box, whySkipped } from '../support/box.ts';
import { inside } from '../support/native-namespace.ts';
import { scratchDirectory } from '../support/scratch-directory.ts';
import { SharedLan } from '../support/shared-lan.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`hello-replay${skipped}`);

const vip = '192.168.11.1';

describe.skipIf(skipped !== '')(`hello-replay${skipped}`, () => {
  let lan: SharedLan;
  const keyFile = join(scratchDirectory(), 'key');

  beforeAll(() => {
    writeFileSync(keyFile, 'a key that is long enough', { mode: 0o600 });
    lan = new SharedLan('rply', 2);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  /** Everything that is said on port 7112, and the means to say it again. */
  function recorder() {
    const opened = inside(lan.judge.namespace, () =>
      openLink({ interface: 'eth0', filter: 'udp port 7112', promiscuous: true, snapLength: 2048, slotBytes: 2048 }),
    );
    if (!opened.ok) throw new Error(opened.error.message);
    const link = opened.value;
    const frames: Uint8Array[] = [];
    return {
      frames,
      take() {
        for (let length = link.next(); length > 0; length = link.next()) frames.push(link.frame.slice(0, length));
      },
      say(frame: Uint8Array) {
        link.out.set(frame);
        link.flush(1, Uint16Array.of(frame.length));
      },
      close: () => link.close(),
    };
  }
  const others = async (box: Box) => (await box.get('nodes')).filter(({ self }) => !self).map(({ state }) => state);

  test('a box that starts beside a recording of one that is gone leads within its time, and lists nobody', async () => {
    const [a, b] = lan.declare({ election: `hello: {keyFile: ${keyFile}}`, services: 3 });
    if (!a || !b) throw new Error('no boxes');
    await Promise.all([a.start(), b.start()]);
    expect(await lan.areLed([vip], [a, b])).toBe(true);
    const recording = recorder();
    const source = b.mac.replaceAll(':', '');
    for (let i = 0; i < 80; i++) {
      await Bun.sleep(100);
      recording.take();
    }
    expect(await others(a)).toEqual(['ready']);
    const said = recording.frames.filter((frame) => frame.subarray(6, 12).toHex() === source);
    expect(said.length).toBeGreaterThan(5);
    await Promise.all([a.crash(), b.crash()]);

    let next = 0;
    const playing = setInterval(() => {
      const frame = said[next++ % said.length];
      if (frame) recording.say(frame);
    }, 50);
    try {
      await a.start();
      expect(await lan.areLed([vip], [a], 10_000)).toBe(true);
      for (let i = 0; i < 10; i++) {
        expect(await others(a)).toEqual([]);
        await Bun.sleep(300);
      }
      expect(next).toBeGreaterThan(said.length);
      expect((await a.get('problems')).map(({ code }) => code)).not.toContain('ALLOC-SPLIT');
      // Who comes for real is believed at once, in the middle of it.
      await b.start();
      expect(await a.within(10_000, async () => (await others(a)).join() === 'ready')).toBe(true);
      expect(await b.get('ips')).toEqual(await a.get('ips'));
    } finally {
      clearInterval(playing);
      recording.close();
    }
  }, 90_000);
});
