// Which MAC a client holds for an address, from its questions and our answers.
import { describe, expect, test } from 'bun:test';
import { addressClients, clientText } from '#control/address-clients.ts';
import type { Responder } from '#control/protocol.ts';
import type { TrafficFrame } from '#model/traffic-frame.ts';

const ip = '192.0.2.10';
const ours = '02:00:00:00:00:01';
const theirs = '02:00:00:00:00:02';
const host = '02:00:00:00:00:aa';
const broadcast = 'ff:ff:ff:ff:ff:ff';

function at(second: number): string {
  return new Date(second * 1000).toISOString();
}

function question(second: number, more: Partial<TrafficFrame> = {}): TrafficFrame {
  return {
    time: at(second),
    interface: 'eth0',
    direction: 'in',
    operation: 'request',
    ip,
    sender: '192.0.2.99',
    senderMac: host,
    target: ip,
    source: host,
    destination: broadcast,
    ...more,
  } as TrafficFrame;
}

function answer(second: number, more: Partial<TrafficFrame> = {}): TrafficFrame {
  const parts = { direction: 'out', operation: 'reply', source: ours, destination: host } as const;
  return question(second, { ...parts, sender: ip, senderMac: ours, target: '192.0.2.99', ...more });
}

function led(mac: string, sinceSecond: number) {
  const one = { kind: mac === ours ? 'self' : 'peer', node: 'b', mac, interface: 'eth0', since: at(sinceSecond) };
  return { ip, leader: 'b', responders: [one as Responder] };
}

/** The only client. */
function client(frames: readonly TrafficFrame[], answerer: Parameters<typeof addressClients>[1] = led(ours, 0)) {
  const found = addressClients(frames, answerer);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('a client', () => {
  test('that we answered was given our MAC', () => {
    const found = client([question(1), answer(1), question(4), answer(4)]);
    expect(found).toMatchObject({ ip: '192.0.2.99', mac: host, count: 2, firstAsked: at(1), lastAsked: at(4) });
    expect(found).toMatchObject({ state: 'current', holds: ours, evidence: 'answered', evidenceAt: at(4) });
  });

  test('that asks a MAC alone holds it: the right one, or a stale one', () => {
    expect(client([question(5, { destination: ours })])).toMatchObject({ state: 'current', evidence: 'unicast' });
    const stale = client([question(5, { destination: ours })], led(theirs, 3));
    expect(stale).toMatchObject({ state: 'stale', holds: ours, evidence: 'unicast' });
    expect(stale && clientText(stale)).toBe(`STALE: still has ${ours}`);
  });

  test('whose last sign is older than the take-over may have believed the announcements', () => {
    expect(client([question(5), answer(5)], led(theirs, 9))).toMatchObject({ state: 'unknown', holds: ours });
  });

  test('that asks everybody has no entry, and who answered it elsewhere was not seen', () => {
    expect(client([question(5), answer(5), question(12)], led(theirs, 9))).toMatchObject({
      state: 'unknown',
      holds: null,
      evidence: 'broadcast',
    });
  });

  test('of an address that nobody leads is neither right nor wrong', () => {
    const nobody = { ip, leader: null, responders: [] };
    expect(client([question(5, { destination: ours })], nobody)).toMatchObject({ state: 'unknown', holds: ours });
  });
});

test('no clients are those who probe, announce or ask for something else, and our own questions', () => {
  const frames = [
    question(1, { operation: 'probe', sender: '0.0.0.0' }),
    question(2, { operation: 'announcement' }),
    question(3, { target: '192.0.2.11', ip: '192.0.2.11' }),
    question(4, { direction: 'out' }),
    answer(5),
  ];
  expect(addressClients(frames, led(ours, 0))).toEqual([]);
});

test('the latest asker comes first; one MAC with two addresses is two clients, and one on two interfaces, too', () => {
  const frames = [
    question(1),
    question(2, { sender: '192.0.2.98' }),
    question(3, { interface: 'eth1' }),
    question(4),
    answer(4, { target: '192.0.2.99' }),
  ];
  const found = addressClients(frames, led(ours, 0));
  expect(found.map(({ ip: from, interface: name, holds }) => [from, name, holds])).toEqual([
    ['192.0.2.99', 'eth0', ours],
    ['192.0.2.99', 'eth1', null],
    ['192.0.2.98', 'eth0', null],
  ]);
});
