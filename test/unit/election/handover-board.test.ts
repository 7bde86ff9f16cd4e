import { beforeEach, describe, expect, test } from 'bun:test';
import { HandoverBoard } from '#election/handover-board.ts';
import type { HandoverOrder } from '#model/peers.ts';

const sender = { node: 'edge-1', instance: '00000000000000aa', incarnation: 1 };
const what = { interface: 'eth0', group: 130 };

let orders: HandoverOrder[] = [];
let [leader, other] = [new HandoverBoard(), new HandoverBoard()];

beforeEach(() => {
  orders = [];
  [leader, other] = [new HandoverBoard(), new HandoverBoard()];
  other.watch({ onOrder: (order) => orders.push(order), onAsk: () => undefined, onAnswer: () => undefined });
  leader.order(what, 'edge-2', 0, 0);
});

/** The other box reads what the leader says at `saidMs`. */
function hear(saidMs: number, waitedMs: number): void {
  other.hear(sender, 'eth0', 'edge-2', leader.said('eth0', saidMs), waitedMs);
}

describe('an order to take a group', () => {
  test('is said a few times and followed once', () => {
    for (const saidMs of [100, 200, 300]) hear(saidMs, 50);
    expect(orders).toEqual([{ ...what, from: 'edge-1', provisionalMs: 0 }]);
  });

  test('is not followed when it has lain about unread: the leader waits for a second, and would lead by now', () => {
    hear(100, 301);
    expect(orders).toEqual([]);
  });

  test('that lay about and is still said is followed when it is heard again', () => {
    hear(100, 400);
    hear(500, 50);
    expect(orders).toHaveLength(1);
  });

  test('is acted on before the leader has given up, whenever it was heard', () => {
    expect(leader.said('eth0', 699).orders).toHaveLength(1);
    expect(leader.said('eth0', 701).orders).toEqual([]);
  });
});
