// Frames are asked for while somebody sees them, and not once more.
import { afterEach, expect, test } from 'bun:test';
import type { ControlClient, TrafficRequest } from '#control/client.ts';
import type { TrafficAnswer } from '#control/traffic-protocol.ts';
import { TrafficFeed } from '#tui/app/traffic-feed.ts';

let feed: TrafficFeed | null = null;

afterEach(() => feed?.close());

test('nothing is asked until the screen is seen; then it is asked at once, and again four times a second', async () => {
  const asked: TrafficRequest[] = [];
  const answers: TrafficAnswer[] = [];
  const state = { isWanted: false, next: null as string | null };
  const client = {
    async traffic(request: TrafficRequest) {
      asked.push(request);
      state.next = `n${asked.length}`;
      return { ok: true, value: { items: [], next: state.next, lost: [], kernelDrops: [] } };
    },
  } as unknown as ControlClient;
  feed = new TrafficFeed({
    client,
    isWanted: () => state.isWanted,
    isFrozen: () => false,
    wish: () => ({ after: state.next, limit: 7 }),
    onAnswer: (answer) => answers.push(answer),
  });
  const ended = feed.run();
  await Bun.sleep(600);
  feed.look();
  await Bun.sleep(50);
  expect(asked).toHaveLength(0);
  state.isWanted = true;
  feed.look();
  await Bun.sleep(50);
  expect(asked).toEqual([{ after: null, limit: 7, newest: true }]);
  await Bun.sleep(600);
  expect(asked.length).toBeGreaterThan(1);
  expect(asked[1]).toEqual({ after: 'n1', limit: 7, newest: true });
  expect(answers).toHaveLength(asked.length);
  state.isWanted = false;
  await Bun.sleep(300);
  const before = asked.length;
  await Bun.sleep(600);
  expect(asked).toHaveLength(before);
  feed.close();
  await ended;
});
