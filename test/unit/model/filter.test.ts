import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseFilter } from '#model/filter.ts';
import { type FilterField, type FilterOp, fieldNames } from '#model/filter-fields.ts';
import { faultText, formatFilter } from '#model/filter-print.ts';
import type { FilterNode } from '#model/filter-tree.ts';

function field(name: FilterField, op: FilterOp, ...texts: string[]): FilterNode {
  return { kind: 'field', field: name, key: '', op, values: texts.map((text) => ({ text, literal: false })) };
}

function parsed(text: string): FilterNode {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(`${text}: ${faultText(result.fault)}`);
  return result.filter;
}

function fault(text: string): [number, number, string] {
  const result = parseFilter(text);
  return result.ok ? [-1, 0, 'nothing'] : [result.fault.at, result.fault.length, faultText(result.fault)];
}

describe('what is understood', () => {
  test('words, fields, and what binds how tightly', () => {
    expect(parsed('  ')).toEqual({ kind: 'all' });
    expect(parsed('plex')).toEqual({ kind: 'word', text: 'plex' });
    const [a, b, c] = ['a', 'b', 'c'].map((text) => ({ kind: 'word', text }) as const);
    const both = (...parts: unknown[]) => ({ kind: 'and', parts });
    const any = (...parts: unknown[]) => ({ kind: 'or', parts });
    expect(parsed('a b or c') as unknown).toEqual(any(both(a, b), c));
    expect(parsed('a and b|c') as unknown).toEqual(any(both(a, b), c));
    expect(parsed('a (b OR c)') as unknown).toEqual(both(a, any(b, c)));
    expect(parsed('not a -b !c') as unknown).toEqual(both(...[a, b, c].map((part) => ({ kind: 'not', part }))));
  });

  test('every operator, lists of values, quotes and labels', () => {
    for (const op of [':', '=', '!=', '<', '<=', '>', '>='] as const)
      expect(parsed(`age${op}5m`)).toEqual(field('age', op, '5m'));
    for (const op of ['~', '!~'] as const) expect(parsed(`svc${op}web`)).toEqual(field('svc', op, 'web'));
    expect(parsed('op:who,garp')).toEqual(field('op', ':', 'who', 'garp'));
    expect(parsed('svc:"a, b",c') as unknown).toEqual({
      ...field('svc', ':'),
      values: [
        { text: 'a, b', literal: true },
        { text: 'c', literal: false },
      ],
    });
    expect(parsed('label.app.kubernetes.io/name:fe') as unknown).toEqual({
      ...field('label', ':', 'fe'),
      key: 'app.kubernetes.io/name',
    });
    expect(parsed('VIP:192.0.2.1')).toEqual(field('vip', ':', '192.0.2.1'));
  });

  test('addresses are words, though they have colons', () => {
    for (const text of ['fe80::1', '2001:db8::10', 'aa:bb:cc:dd:ee:ff', 'aa:bb:*', '10.0.0.1']) {
      expect(parsed(text)).toEqual({ kind: 'word', text });
    }
  });

  test('the examples of the manual', () => {
    for (const text of [
      'vip:192.168.10.0/28 verdict:duplicate',
      'op:who,garp -mac:52:54:00:*',
      'leader!=edge-1 since<10m',
      'lat>5ms or verdict:ignored',
      'label.tier:fe state:pending',
      'sev>=warn since:2h',
      'leader=@self',
      'vip:2001:db8::10..2001:db8::1f',
    ]) {
      expect(parseFilter(text)).toMatchObject({ ok: true });
    }
  });
});

describe('what is wrong is told with its place', () => {
  test('unknown fields, with the one that was meant', () => {
    expect(fault('plex vpi:192.0.2.1')).toEqual([5, 3, 'unknown field vpi (did you mean vip)']);
    expect(fault('http://x')[2]).toContain('quote what is only text');
  });

  test('values and operators that do not fit', () => {
    expect(fault('a vip:web')).toEqual([6, 3, expect.stringContaining('"web" is no address')]);
    expect(fault('vip:10.0.0.9..10.0.0.1')[2]).toContain('is no address');
    expect(fault('mac:zz')[2]).toContain('is no MAC address');
    expect(fault('lat>fast')[2]).toContain('such as 5ms');
    expect(fault('lat>1ms..2ms')[2]).toContain('> takes no range');
    expect(fault('sev:bad')[2]).toContain('one of info, warn, crit');
    expect(fault('dir:up')[2]).toContain('one of in, out');
    expect(fault('svc<a')).toEqual([0, 4, 'svc knows no < (one of : = != ~ !~)']);
    expect(fault('svc:')).toEqual([4, 1, 'a value is missing here']);
    expect(fault('op:who,,garp')).toEqual([7, 1, 'a value is missing here']);
    expect(fault('label:x')[2]).toContain('label needs a key');
    expect(fault('svc.x:y')[2]).toContain('svc has no parts');
  });

  test('what is not closed, missing or too much', () => {
    expect(fault('a (b')).toEqual([2, 1, '"(" is not closed (write ")" where it ends)']);
    expect(fault('a)')[0]).toBe(1);
    expect(fault('svc:"x')).toEqual([4, 2, expect.stringContaining('not closed')]);
    expect(fault('"x')[2]).toContain('not closed');
    for (const text of ['or a', 'a or', 'a and', 'not', '()', 'a and and b', '-', 'a | | b']) {
      expect(fault(text)[2]).toContain('an expression is missing here');
    }
    expect(fault('('.repeat(2000))[2]).toContain('too many parentheses');
    expect(fault('-'.repeat(2000))[2]).toContain('too many parentheses');
    expect(fault('x'.repeat(5000))[2]).toContain('too long');
  });
});

// Fields with a value that makes sense for each.
const samples: Readonly<Record<string, readonly string[]>> = {
  vip: ['192.0.2.1', '192.0.2.0/24', '192.0.2.1..192.0.2.9', '2001:db8::*'],
  ip: ['10.0.0.1'],
  mac: ['52:54:00:12:34:56', '52:54:*'],
  vlan: ['10', '1..5'],
  dir: ['in', 'OUT'],
  sev: ['warn'],
  age: ['5ms', '6m12s', '1h..2h'],
  since: ['2h'],
  lat: ['5ms'],
  count: ['3'],
  family: ['v6'],
  term: ['1'],
};

const value = fc.string({ unit: 'grapheme' }).map((text) => ({ text, literal: true }));
const bare = fc.stringMatching(/^[^\s()|",]+$/).map((text) => ({ text, literal: false }));
const fieldNode = fc.constantFrom(...fieldNames).chain((name): fc.Arbitrary<FilterNode> => {
  const known = samples[name];
  const one = known ? fc.constantFrom(...known).map((text) => ({ text, literal: false })) : fc.oneof(value, bare);
  return fc
    .record({ op: fc.constantFrom(':' as const, '!=' as const), values: fc.array(one, { minLength: 1, maxLength: 3 }) })
    .map((parts) => ({ kind: 'field', field: name, key: name === 'label' ? 'a.b/c-d' : '', ...parts }));
});
const { node } = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fieldNode,
    fc.string({ unit: 'grapheme' }).map((text) => ({ kind: 'word' as const, text })),
    tie('node').map((part) => ({ kind: 'not' as const, part })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('node'), { minLength: 2, maxLength: 4 }),
    }),
  ),
}));

describe('for any text and any filter', () => {
  test('reading never throws, and a fault lies within the text or at its end', () => {
    const words = fc.constantFrom(
      'vip:',
      '(',
      ')',
      '"',
      '\\',
      'or',
      'and',
      'not',
      '-',
      '!',
      '|',
      ',',
      '..',
      '*',
      ' ',
      'sev>=',
      '1',
    );
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(words, { maxLength: 60 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const result = parseFilter(text);
        if (result.ok) return;
        const { at, length } = result.fault;
        expect(at).toBeLessThanOrEqual(text.length);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(length).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  test('a filter that is printed and read again is the same', () => {
    fc.assert(
      fc.property(node, (filter) => {
        const text = formatFilter(filter);
        if (text.length > 4096) return;
        expect([text, parsed(text)] as unknown).toEqual([text, filter]);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  test('a text that is understood says the same after printing', () => {
    const words = fc.constantFrom(
      'a',
      'vip:10.0.0.1',
      'or',
      'not',
      '(',
      ')',
      '-',
      'svc:"x y"',
      ' ',
      '"or"',
      'aa::1',
      'x=',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const result = parseFilter(parts.join(' '));
        if (result.ok) expect(parsed(formatFilter(result.filter))).toEqual(result.filter);
      }),
      { seed: 3, numRuns: 3000 },
    );
  });
});
