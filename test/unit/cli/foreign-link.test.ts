// A name that means one interface to the daemon and another one here.
import { expect, test } from 'bun:test';
import { foreignLink } from '#cli/foreign-link.ts';

const eth0 = { name: 'eth0', mac: '02:00:00:00:00:01', index: 4 };
const others = [{ name: 'lo', mac: '00:00:00:00:00:00', index: 1 }];

test('foreignLink() is content with the same interface, also of a daemon that tells no index', () => {
  expect(foreignLink([eth0], [...others, eth0], 7)).toBeNull();
  expect(foreignLink([{ ...eth0, index: null }], [eth0], 7)).toBeNull();
  expect(foreignLink([], [], 7)).toBeNull();
});

test('foreignLink() tells another MAC, another index, and no such interface, with what to type', () => {
  const want = `the daemon captures on "eth0", MAC ${eth0.mac}, index 4, and`;
  const mac = foreignLink([eth0], [{ ...eth0, mac: '02:00:00:00:00:02' }], 7);
  expect(mac).toBe(
    `${want} the interface of that name here is MAC 02:00:00:00:00:02, index 4 (run this in the network namespace of the daemon: sudo nsenter --target 7 --net lanlord capture …)`,
  );
  expect(foreignLink([eth0], [{ ...eth0, index: 9 }], null)).toContain(`here is MAC ${eth0.mac}, index 9 (run this`);
  expect(foreignLink([eth0], others, null)).toContain(`${want} there is none of that name here`);
});
