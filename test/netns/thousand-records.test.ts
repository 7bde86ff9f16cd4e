// A thousand services on three boxes: the same addresses on all of them, whatever their histories and their clocks.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type Box, patience, type StartOptions, whySkipped } from '../support/box.ts';
import { documents, service } from '../support/manifests.ts';
import { scratchDirectory } from '../support/scratch-directory.ts';
import { SharedLan } from '../support/shared-lan.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`a thousand records${skipped}`);
const noCompiler = Bun.which('gcc') === null ? ' (skipped: the program gcc is missing)' : '';
if (skipped === '' && noCompiler !== '') console.log(`a thousand records, clocks apart${noCompiler}`);

const [count, room] = [1000, 1400];
const named = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${letter}${String(from + i).padStart(4, '0')}`);

describe.skipIf(skipped !== '')(`a thousand records${skipped}`, () => {
  let lan: SharedLan;

  beforeAll(() => {
    lan = new SharedLan('rec', 3);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  /** The wall clock of the box is so many seconds ahead. */
  function skewed(seconds: number): StartOptions {
    if (noCompiler !== '') return {};
    const library = join(scratchDirectory(), 'skewed-clock.so');
    const source = join(import.meta.dir, '../support/skewed-clock.c');
    const built = Bun.spawnSync(['gcc', '-O2', '-shared', '-fPIC', '-o', library, source]);
    if (!built.success) throw new Error(String(built.stderr));
    return { env: { LD_PRELOAD: library, SKEW_SECONDS: String(seconds) } };
  }
  const declare = (boxes: readonly Box[], names: readonly string[]) => {
    for (const box of boxes) box.write('services.yaml', documents(...names.map((name) => service(name))));
  };
  const reload = async (boxes: readonly Box[]) => {
    for (const box of boxes) await box.reload();
  };
  const ips = async (box: Box) => JSON.stringify(await box.get('ips'));
  const differ = async (boxes: readonly Box[]) => new Set(await Promise.all(boxes.map(ips))).size > 1;
  const agree = async (boxes: readonly Box[], milliseconds: number) => {
    for (const end = performance.now() + milliseconds; await differ(boxes); ) if (performance.now() > end) return false;
    return true;
  };
  const moved = async (box: Box) => (await box.get('events')).filter(({ kind }) => kind === 'allocation.moved').length;
  const problems = async (box: Box) =>
    (await box.get('problems')).map(({ code }) => code).filter((code) => /SPLIT|CONF|NAME|NOBODY|DUP/.test(code));

  test('E-15: clocks 30 s apart, a fresh box, and two parts of the LAN that meet', async () => {
    const election = 'vrrp: {groups: 64, advertisementInterval: 1s}';
    const boxes = lan.declare({ election, room, services: 0 });
    const [ahead, usual, fresh] = boxes;
    if (!ahead || !usual || !fresh) throw new Error('no boxes');
    declare([ahead, usual], named('a', 0, count));
    await ahead.start(skewed(30));
    await usual.start();
    expect(await differ([ahead, usual])).toBe(false);
    // Whoever sees only the last files would give other addresses.
    const last = [...named('a', 300, count), ...named('z', 0, 300)];
    for (const names of [named('a', 300, count), last]) {
      declare([ahead, usual], names);
      await reload([ahead, usual]);
    }
    expect(await agree([ahead, usual], patience)).toBe(true);

    declare([fresh], last);
    await fresh.start(skewed(-30));
    expect(await differ(boxes)).toBe(false);
    if (noCompiler === '') {
      const [early, late] = [await ahead.status(), await fresh.status()].map(({ generatedAt }) =>
        Date.parse(generatedAt),
      );
      expect((early ?? 0) - (late ?? 0)).toBeGreaterThan(50_000);
    }
    expect(await Promise.all(boxes.map(moved))).toEqual([0, 0, 0]);
    const given = (await usual.get('ips')).map(({ ip }) => ip);
    expect(given.length).toBe(count);
    expect(await lan.areLed(given, boxes)).toBe(true);

    // Both parts give the next addresses to services of their own.
    lan.partition(fresh.host, true);
    expect(await usual.within(patience, async () => (await usual.status()).peers.heard === 1)).toBe(true);
    declare([ahead, usual], [...last, ...named('b', 0, 100)]);
    declare([fresh], [...last, ...named('c', 0, 100)]);
    await reload(boxes);
    const both = [...last, ...named('b', 0, 100), ...named('c', 0, 100)];
    declare(boxes, both);
    lan.partition(fresh.host, false);
    await reload(boxes);
    expect(await agree(boxes, patience)).toBe(true);
    const all = (await usual.get('ips')).map(({ ip }) => ip);
    expect(all.length).toBe(both.length);
    expect(await lan.areLed(all, boxes)).toBe(true);
    expect(await usual.within(patience, async () => (await Promise.all(boxes.map(problems))).flat().length === 0)).toBe(
      true,
    );
  }, 300_000);
});
