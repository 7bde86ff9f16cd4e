// The life of a process where another box stands by: what one does must neither hurt the other nor leave a hole.
import { afterAll, afterEach, beforeAll, describe, expect } from 'bun:test';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Box, patience, whySkipped } from '../support/box.ts';
import { scratchDirectory } from '../support/scratch-directory.ts';
import { SharedLan } from '../support/shared-lan.ts';
import { longestSilence } from '../support/steady-asker.ts';
import { stories } from '../support/stories.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`lifecycle-pair${skipped}`);

const vip = '192.168.11.1';

describe.skipIf(skipped !== '')(`lifecycle-pair${skipped}`, () => {
  let lan: SharedLan;

  beforeAll(() => {
    lan = new SharedLan('lcyc', 2);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  const story = stories(() => lan);
  /** Both boxes run: the one that answers, and the one that follows. */
  const pair = (more: (place: number) => string = () => '') => lan.pair({ more });
  /** What the kernel of a box knows of addresses and links. */
  const facts = async (box: Box) =>
    (await lan.lab.exec(box.host, ['sh', '-c', 'ip -o address; ip -o link; ip neigh'])).stdout;

  story('L-4: SIGTERM: goodbye with priority 0 on the wire, hooks of both boxes run, exit 0 within 5 s', async () => {
    const folder = scratchDirectory();
    const told = (place: number) => join(folder, `told-${place}`);
    const settings = (place: number) => {
      const program = join(folder, `hook-${place}.sh`);
      writeFileSync(program, `#!/bin/sh\necho "$@" >> ${told(place)}\n`);
      chmodSync(program, 0o755);
      return `hooks: {onChange: ${program}}`;
    };
    const [leader, other] = await pair(settings);
    const heardBy = (box: Box) => {
      const file = told(lan.boxes.indexOf(box));
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').at(-1) : '';
    };
    lan.ear.clear();
    const began = performance.now();
    expect(await leader.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(
      await lan.ear.until((heard) => heard.some((one) => one.etherSource === leader.mac && one.priority === 0)),
    ).toBe(true);
    expect(heardBy(leader)).toBe(`standby ${vip} eth0`);
    expect(await other.within(patience, async () => heardBy(other) === `leader ${vip} eth0`)).toBe(true);
  });

  story('L-5: kill -9 of the leader leaves nothing on the box, and it is silent for ever', async () => {
    const [leader, other] = await pair();
    await leader.crash();
    expect(await facts(leader)).not.toContain(vip);
    expect(await lan.areLed([vip], [other])).toBe(true);
    const asking = lan.ask([vip], 10);
    await Bun.sleep(2000);
    const questions = await asking.stop();
    expect([...new Set(questions.flatMap(({ answers }) => [...answers]))]).toEqual([other.mac]);
    expect(longestSilence(questions)).toBe(0);
  });

  story('L-6: a hook that hangs delays no take-over', async () => {
    const program = join(scratchDirectory(), 'hang.sh');
    writeFileSync(program, '#!/bin/sh\nsleep 600\n');
    chmodSync(program, 0o755);
    const [leader, other] = await pair(() => `hooks: {onChange: ${program}, timeout: 10s}`);
    await leader.crash();
    // The hook of the take-over hangs for longer.
    expect(await lan.areLed([vip], [other], 8000)).toBe(true);
    expect(await other.says(/hook.*(timed out|timeout|time-out|killed)/i)).not.toBeNull();
    expect(await lan.areLed([vip], [other])).toBe(true);
  });

  story('L-7: a box that is up before its interface has carrier follows once it has, without a hole', async () => {
    const [a, b] = lan.declare();
    if (!a || !b) throw new Error('no boxes');
    lan.carrier(b.host, 'down');
    await b.start();
    await a.start();
    expect(await lan.areLed([vip], [a])).toBe(true);
    const asking = lan.ask([vip], 10);
    lan.carrier(b.host, 'up');
    // The first choice gets what was taken because it was not there, the other one follows.
    const takesPart = async () => (await b.get('leaders')).some(({ leader }) => leader !== null);
    expect(await b.within(patience, takesPart)).toBe(true);
    await Bun.sleep(4000);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    await lan.ranked(a, b);
  });

  story('L-8 L-9: a second instance and one without rights end, and whoever leads goes on', async () => {
    const [leader, other] = await pair();
    const asking = lan.ask([vip], 10);
    for (const box of [leader, other]) {
      const again = [...box.command, '-c', box.config, '--socket', join(box.folder, 'b.sock'), '--state', box.state];
      const second = await lan.lab.exec(box.host, again);
      expect([second.code, second.stderr.includes(`pid ${box.pid} `)]).toEqual([5, true]);
    }
    const rightless = [
      'setpriv',
      '--bounding-set=-net_raw',
      '--inh-caps=-net_raw',
      ...other.command,
      '-c',
      other.config,
    ];
    const places = ['--socket', join(other.folder, 'c.sock'), '--state', join(other.folder, 'elsewhere')];
    const third = await lan.lab.exec(other.host, [...rightless, ...places]);
    expect([third.code, third.stderr.includes('CAP_NET_RAW')]).toEqual([4, true]);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    expect([...new Set(questions.flatMap(({ answers }) => [...answers]))]).toEqual([leader.mac]);
  });

  story('L-10: with read-only state directories boxes agree, fail over and hand back, and say so', async () => {
    const [a, b] = lan.declare();
    if (!a || !b) throw new Error('no boxes');
    const readOnly = (box: Box) => {
      const mount = `mkdir -p '${box.state}' && mount -t tmpfs -o ro none '${box.state}' && exec "$@"`;
      return { through: ['unshare', '--mount', 'sh', '-c', mount, 'sh'] };
    };
    await Promise.all([a.start(readOnly(a)), b.start(readOnly(b))]);
    const [leader, other] = await lan.ranked(a, b);
    const isTold = async (box: Box) => (await box.get('problems')).some(({ code }) => code === 'STATE');
    expect([await isTold(leader), await isTold(other)]).toEqual([true, true]);
    await leader.crash();
    expect(await lan.areLed([vip], [other])).toBe(true);
    await leader.start(readOnly(leader));
    expect(await leader.addressesOf('s0001')).toEqual([vip]);
    const asking = lan.ask([vip], 10);
    expect(await other.lanlord('failover', vip, '--to', leader.host.name)).toMatchObject({ code: 0 });
    expect(await asking.isAnsweredBy(leader.mac)).toBe(true);
    await Bun.sleep(1000);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    expect([...(questions.at(-1)?.answers ?? [])]).toEqual([leader.mac]);
  });
});
