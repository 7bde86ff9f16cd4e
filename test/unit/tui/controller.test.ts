// When a frame is drawn: what a key does at once, news at their pace, nothing when nothing changed.
import { afterEach, expect, test } from 'bun:test';
import { Controller } from '#tui/app/controller.ts';
import type { Frame } from '#tui/screens/compose.ts';
import { plainText } from '#tui/text/line.ts';
import { liveModel } from '../../support/ui-frames.ts';
import { nowMs, worlds } from '../../support/ui-worlds.ts';

let controller: Controller | null = null;

afterEach(() => controller?.close());

function start() {
  const frames: Frame[] = [];
  const state = { now: nowMs, isBusy: false };
  controller = new Controller({
    model: liveModel({ world: worlds.healthy }),
    nowMs: () => state.now,
    draw: (frame) => frames.push(frame),
    isBusy: () => state.isBusy,
    perform() {},
  });
  return { frames, state, controller };
}

const soon = () => Bun.sleep(60);

test('several keys in one piece are one frame', async () => {
  const { frames, controller: it } = start();
  for (const key of ['4', 'j', 'j']) it.dispatch({ kind: 'key', key });
  await soon();
  expect(frames).toHaveLength(1);
  expect(frames[0]?.body.map(plainText).find((line) => line.includes('►'))).toContain('192.168.10.213');
});

test('a world that looks the same is no frame, however often it comes and whatever time passes', async () => {
  const { frames, state, controller: it } = start();
  it.dispatch({ kind: 'tick' });
  await soon();
  for (let second = 1; second <= 10; second++) {
    state.now += 1000;
    it.dispatch({ kind: 'world', world: { ...worlds.healthy, atMs: state.now } });
    await Bun.sleep(5);
  }
  await soon();
  expect(frames).toHaveLength(1);
});

test('a world that looks otherwise is a frame with the time of now', async () => {
  const { frames, state, controller: it } = start();
  it.dispatch({ kind: 'tick' });
  await soon();
  state.now += 5000;
  it.dispatch({ kind: 'world', world: worlds.duplicate });
  await soon();
  expect(frames).toHaveLength(2);
  expect(plainText(frames[1]?.top[0] ?? [])).toContain('03:07:26Z');
});

test('while the terminal has not taken the last frame, none is added; the newest is drawn when it has', async () => {
  const { frames, state, controller: it } = start();
  state.isBusy = true;
  for (const key of ['2', '3', '4']) it.dispatch({ kind: 'key', key });
  await soon();
  expect(frames).toHaveLength(0);
  state.isBusy = false;
  await Bun.sleep(120);
  expect(frames).toHaveLength(1);
  expect(plainText(frames[0]?.top[1] ?? [])).toContain('[4 Leaders]');
});

test('a closed one draws and does nothing more', async () => {
  const { frames, controller: it } = start();
  it.dispatch({ kind: 'key', key: '4' });
  it.close();
  it.dispatch({ kind: 'key', key: '5' });
  await soon();
  expect(frames).toHaveLength(0);
});
