// The state that a plan starts from survives its way as text.
import { expect, test } from 'bun:test';
import { readState, stateText } from '#control/plan-state.ts';
import { readTaggedJson, taggedJson } from '#control/tagged-json.ts';
import { daemonView, snapshot } from '../../support/daemon-view.ts';
import { allocation, inputs, memory, pool, service } from '../../support/objects.ts';

test('big integers, maps, sets, and whatever keys and texts a manifest has, come back as they were', () => {
  const labels = JSON.parse('{"$": "map", "v": "x", "__proto__": "y", "constructor": "z", "\\u202e": "\\u0000é"}');
  const value = {
    big: 2n ** 127n,
    map: new Map<string, unknown>([
      ['a', new Map([['b', 1n]])],
      ['__proto__', new Set(['x', 1n])],
    ]),
    labels,
    list: [{ $: 'bigint', v: 'no number' }, { $: { $: 'set' } }, [], {}],
    none: null,
  };
  const text = taggedJson(value);
  expect(text).toMatch(/^[\x20-\x7e]*$/);
  const back = readTaggedJson(text) as typeof value;
  expect(back).toEqual(value);
  expect(Object.keys(back.labels)).toEqual(Object.keys(labels));
  expect(Object.getPrototypeOf(back.labels)).toBe(Object.prototype);
});

async function carried(view: Parameters<typeof stateText>[0]) {
  const pieces: string[] = [];
  for await (const piece of stateText(view)) pieces.push(piece);
  return { state: readState(readTaggedJson(pieces.join(''))), pieces: pieces.length };
}

test('observed and memory arrive whole, in pieces, also with none and with many of each', async () => {
  for (const count of [0, 1, 250, 251, 1000]) {
    const numbers = [...Array(count).keys()];
    const base = snapshot();
    const allocations = numbers.map((i) => allocation(`a/s${i}`, `10.0.${i >> 8}.${i & 255}`));
    const position = { file: 'a.yaml', line: 1, column: 1 };
    const remembered = memory(allocations, [pool('blue', '10.0.0.0/16', { fields: new Map([['spec', position]]) })]);
    const services = numbers.map((i) => service(`a/s${i}`, { labels: { $: 'é' } }));
    const observed = { ...base.observed, inputs: inputs({ services, pools: [pool('blue')] }) };
    const view = daemonView({ snapshot: { ...base, observed, desired: { ...base.desired, memory: remembered } } });
    const { state, pieces } = await carried(view);
    expect(state).toMatchObject({ kind: 'State', generation: 17, paths: ['/etc/lanlord'], node: 'edge-1' });
    expect(state?.observed).toEqual({ ...observed, memory: remembered });
    expect(pieces).toBe(1 + 2 * Math.ceil(count / 250));
  }
});

test('before the first round there is no state, and another format is refused', async () => {
  expect((await carried(daemonView({ snapshot: null }))).state).toMatchObject({ observed: null });
  expect(readState({ kind: 'State', format: 2 })).toBeNull();
  expect(readState({ kind: 'Status' })).toBeNull();
});
