import { expect, test } from 'bun:test';
import { KernelLinks, type LinkMonitor } from '#capture/kernel-links.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLog } from '../../support/fake-world.ts';

test('interfaces that could not be listed when they changed are listed as soon as that is possible', async () => {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  let [isTold, isBroken, up] = [false, false, true];
  const facts = { name: 'eth0', index: 2, mac: '02:00:00:00:00:01', carrier: true, carrierUps: 1, loopback: false };
  const monitor: LinkMonitor = {
    snapshot: () =>
      isBroken
        ? { ok: false, error: { message: 'Too many open files' } }
        : { ok: true, value: [{ ...facts, up, arp: true, master: null, addresses: [], gateways: [] }] },
    drain: () => {
      const wasTold = isTold;
      isTold = false;
      return wasTold;
    },
    close: () => {},
  };
  const links = new KernelLinks(monitor, clock, log);
  let changes = 0;
  links.watch(() => void changes++);
  [isTold, isBroken, up] = [true, true, false];
  await clock.advance(5000);
  expect([changes, links.interfaces()[0]?.up, log.lines.length]).toEqual([0, true, 1]);
  isBroken = false;
  await clock.advance(2000);
  expect([changes, links.interfaces()[0]?.up]).toEqual([1, false]);
});
