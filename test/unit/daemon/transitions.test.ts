// Transitions and counts: what is written down, and what is not worth a line.
import { describe, expect, test } from 'bun:test';
import { compareInputs } from '#core/compare-inputs.ts';
import { EntryTally } from '#daemon/entry-tally.ts';
import { compareAllocations, tallyAllocations } from '#daemon/transitions.ts';
import { allocation, inputs, nodeConfig, policy, pool, service } from '../../support/objects.ts';

describe('compareInputs()', () => {
  const config = nodeConfig();
  const before = {
    config,
    inputs: inputs({ pools: [pool('blue')], policies: [policy('p')], services: [service('a/x')] }),
  };

  test('ignores where and when an object was written', () => {
    const position = { file: 'b.yaml', line: 9, column: 1 };
    const moved = inputs({
      pools: [pool('blue', '10.0.0.0/24', { position, createdMs: 5, fields: new Map([['spec', position]]) })],
      policies: [policy('p')],
      services: [service('a/x', { position })],
    });
    expect(compareInputs(before, { config, inputs: moved })).toEqual({ added: 0, changed: 0, removed: 0 });
  });

  test('notices a field that appears, goes, or changes, at any depth, and the settings of the node', () => {
    const after = {
      config: { ...config, announce: { ...config.announce, refreshMs: 1 } },
      inputs: inputs({
        pools: [pool('blue', '10.0.0.0/25')],
        policies: [policy('p', { serviceSelector: { matchLabels: { a: 'b' } } })],
        services: [service('a/x', { ports: [] }), service('b/x')],
      }),
    };
    expect(compareInputs(before, after)).toEqual({ added: 1, changed: 4, removed: 0 });
    expect(compareInputs(after, before)).toEqual({ added: 0, changed: 4, removed: 1 });
  });
});

describe('tallyAllocations()', () => {
  const entries = (before: Parameters<typeof compareAllocations>[0], after: typeof before) => {
    const tally = new EntryTally();
    tallyAllocations(compareAllocations(before, after), 7, tally);
    return tally.list().map((entry) => `${entry.kind} ${entry.message}`);
  };

  test('tells a move from a gain and a loss, per family', () => {
    const before = [allocation('a/x', '10.0.0.1'), allocation('a/y', '10.0.0.2'), allocation('a/z', '10.0.0.3')];
    const after = [allocation('a/x', '10.0.0.9'), allocation('a/y', 'fd00::2'), allocation('a/z', '10.0.0.3')];
    expect(entries(before, after)).toEqual([
      'allocation.moved a/x moved from 10.0.0.1 to 10.0.0.9',
      'allocation.given a/y got fd00::2',
      'allocation.released a/y gave 10.0.0.2 back',
    ]);
  });

  test('a service with several addresses keeps those it keeps', () => {
    const before = [allocation('a/x', '10.0.0.1'), allocation('a/x', '10.0.0.2'), allocation('a/x', 'fd00::1')];
    const after = [allocation('a/x', '10.0.0.2'), allocation('a/x', 'fd00::1'), allocation('a/x', '10.0.0.3')];
    expect(entries(before, after)).toEqual(['allocation.moved a/x moved from 10.0.0.1 to 10.0.0.3']);
  });

  test('another origin or time of the same address is no transition', () => {
    expect(
      entries([allocation('a/x', '10.0.0.1')], [allocation('a/x', '10.0.0.1', { origin: 'restored', sinceMs: 9 })]),
    ).toEqual([]);
  });
});

describe('EntryTally', () => {
  const base = { timeMs: 1, severity: 'info' as const, object: 'o', fields: {} };
  const filled = (counts: Readonly<Record<string, number>>) => {
    const tally = new EntryTally();
    let made = 0;
    for (const [kind, count] of Object.entries(counts)) {
      for (let i = 0; i < count; i++) {
        tally.add(kind, () => {
          made++;
          return { ...base, message: `m${i}` };
        });
      }
    }
    return { made, texts: tally.list().map(({ kind, message }) => `${kind} ${message}`) };
  };

  test('joins only the kinds that are too many, and makes no more than may be listed', () => {
    const { made, texts } = filled({ few: 1, many: 300 });
    expect(texts).toEqual(['few m0', 'many many: 300 at once, such as: m0']);
    expect(made).toBe(257);
  });

  test('few entries stay in the order in which they came', () => {
    const tally = new EntryTally();
    for (const kind of ['a', 'b', 'a']) tally.add(kind, () => ({ ...base, message: '' }));
    expect(tally.list().map(({ kind }) => kind)).toEqual(['a', 'b', 'a']);
  });
});
