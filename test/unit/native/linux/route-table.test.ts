// Routes as the kernel tells them.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { readMessages } from '../../../../native/linux/netlink-message.ts';
import { parseRouteEntry, readRoutes } from '../../../../native/linux/route-table.ts';
import recorded from '../../../fixtures/rtnetlink.json';

function entryOf(name: keyof typeof recorded) {
  const [message] = readMessages(new Uint8Array(Buffer.from(recorded[name], 'hex')));
  return message ? parseRouteEntry(message) : null;
}

test('recorded default routes have their family, no prefix, and next hops with gateways', () => {
  expect(entryOf('route IPv4 192.0.2.1,192.0.2.9')).toMatchObject({
    family: 'IPv4',
    destination: '0.0.0.0',
    prefixLength: 0,
    kind: 'unicast',
    hops: [{ hasGateway: true }, { hasGateway: true }],
  });
  expect(entryOf('route IPv6 2001:db8::7')).toMatchObject({ family: 'IPv6', destination: '::', kind: 'unicast' });
});

test('the address of lo is accepted here: the kernel says so itself', () => {
  const routes = readRoutes();
  if (!routes.ok) throw new Error(routes.error.message);
  const lo = routes.value.find(({ destination, kind }) => destination === '127.0.0.1' && kind === 'local');
  expect(lo).toMatchObject({ family: 'IPv4', prefixLength: 32, hops: [{ hasGateway: false }] });
});

test('no bytes make the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (payload) => {
      parseRouteEntry({ type: 24, flags: 0, sequence: 1, port: 0, payload });
    }),
    { seed: 20261123, numRuns: 5000 },
  );
});
