// A change of what a frame does not show costs no frame, and not even the making of one.
import { expect, test } from 'bun:test';
import { SeenWorld } from '#tui/app/seen-world.ts';
import { composeFrame } from '#tui/screens/compose.ts';
import type { Model } from '#tui/state/model.ts';
import { frameText, liveModel, typed } from '../../support/ui-frames.ts';
import { link, manyVips, nowMs, worlds } from '../../support/ui-worlds.ts';

function seen(model: Model): SeenWorld {
  const world = new SeenWorld(model);
  composeFrame(world.model, nowMs);
  return world;
}

function counted(model: Model): Model {
  const { world } = model;
  const lists = { ...world.lists, interfaces: [link('eth0', { answers: 99 })] };
  return { ...model, world: { ...world, lists, rates: { ...world.rates, answers: [1, 2, 3] }, atMs: nowMs + 1000 } };
}

test('counters of the wire are no reason where they are not shown, and one where they are', () => {
  const base = liveModel({ world: worlds.healthy });
  for (const key of ['2', '3', '4', '6', '7', '?']) {
    const model = typed(base, key);
    expect([key, seen(model).isSameFor(counted(model))]).toEqual([key, true]);
    expect(frameText(counted(model))).toBe(frameText(model));
  }
  for (const key of ['1', '5']) {
    const model = typed(base, key);
    expect([key, seen(model).isSameFor(counted(model))]).toEqual([key, false]);
  }
});

test('whatever a key, a size, a connection or a list on the screen changes is a reason', () => {
  const model = typed(liveModel({ world: worlds.healthy }), '4');
  const frame = seen(model);
  expect(frame.isSameFor(model)).toBe(true);
  expect(frame.isSameFor(typed(model, 'j'))).toBe(false);
  expect(frame.isSameFor({ ...model, connection: { state: 'connecting' } })).toBe(false);
  expect(frame.isSameFor({ ...model, world: manyVips(5) })).toBe(false);
});
