import { describe, expect, test } from 'bun:test';
import { electionFilter } from '#capture/filter.ts';
import { captureExpression, captureSelection } from '#cli/capture-filter.ts';
import { openDead } from '#native/open.ts';

const given = (text: string) => captureExpression(text, 'base');

test('no expression is the base alone, and nothing else ever passes', () => {
  expect(given('')).toEqual({ ok: true, expression: 'base' });
  expect(given('tcp')).toEqual({ ok: true, expression: '(base) and (tcp)' });
});

test('vip: and mac: are words of our own; what names no address is refused', () => {
  expect(given('vip:192.0.2.10')).toEqual({
    ok: true,
    expression: '(base) and ((arp[14:4] = 0xc000020a or arp[24:4] = 0xc000020a))',
  });
  expect(given('not mac:02:00:00:00:00:bb')).toEqual({
    ok: true,
    expression: '(base) and (not (ether host 02:00:00:00:00:bb))',
  });
  expect(given('vip:eth0')).toEqual({ ok: false, message: '"vip:eth0" names no address' });
  expect(given('mac:02')).toMatchObject({ ok: false });
});

test('libpcap compiles them, of both families', () => {
  const opened = openDead();
  if (!opened.ok) throw new Error(opened.error.message);
  /** What is wrong with an expression. A handle on nothing takes no filter, but compiles it first. */
  const fault = (expression: string) => {
    const set = opened.value.setFilter(expression);
    return set.ok ? '' : set.error.code;
  };
  expect(fault('no such words')).toBe('filter_invalid');
  for (const text of ['vip:192.0.2.10', 'vip:2001:db8::10 or vip:192.0.2.11', '(mac:02:00:00:00:00:bb) and arp']) {
    const filter = captureExpression(text, electionFilter);
    expect(filter.ok && fault(filter.expression)).toBe('failed');
  }
  opened.value.close();
});

describe('which language an expression is in', () => {
  const selected = (text: string) => captureSelection(text, 'base', 'vrrp');

  test('what libpcap understands is left to it', () => {
    for (const text of ['', 'not mac:02:00:00:00:00:bb', 'arp and vip:192.0.2.10', 'ether src 02:00:00:00:00:01']) {
      expect(selected(text)).toEqual(captureExpression(text, 'base'));
    }
    expect(selected('arp[6:2] = 1')).toEqual({ ok: true, expression: '(base) and (arp[6:2] = 1)' });
    expect(selected('vip:eth0')).toMatchObject({ ok: false, fault: { at: 4, length: 4 } });
  });

  test('addresses joined as the filter grammar joins them are understood, too: -vip:, a space, |', () => {
    const [a, b] = ['(ether host 02:00:00:00:00:0a)', '(ether host 02:00:00:00:00:0b)'];
    for (const [text, expression] of [
      ['-mac:02:00:00:00:00:0a', `(base) and (not ${a})`],
      ['mac:02:00:00:00:00:0a mac:02:00:00:00:00:0b', `(base) and ((${a} and ${b}))`],
      ['mac:02:00:00:00:00:0a | mac:02:00:00:00:00:0b', `(base) and ((${a} or ${b}))`],
      ['!(mac:02:00:00:00:00:0a or mac:02:00:00:00:00:0b)', `(base) and (not (${a} or ${b}))`],
    ] as const) {
      expect(selected(text)).toEqual({ ok: true, expression });
    }
  });

  test('what is no filter keeps its place for the message, should libpcap not understand it either', () => {
    expect(selected('vip:')).toMatchObject({ ok: true, fault: { at: 4 } });
    expect(selected('age>abc')).toMatchObject({ ok: true, fault: { at: 4, length: 3 } });
    expect(selected('verdict:ignored or')).toMatchObject({ ok: true, fault: { at: 18 } });
  });

  test('vip: alone lets advertisements of VRRP through to be looked at one by one: libpcap cannot read their lists', () => {
    const found = selected('vip:192.0.2.10');
    expect(found).toEqual({
      ok: true,
      expression: '((base) and ((arp[14:4] = 0xc000020a or arp[24:4] = 0xc000020a))) or (vrrp)',
      elections: { kind: 'field', field: 'vip', key: '', op: ':', values: [{ text: '192.0.2.10', literal: false }] },
    });
    expect(selected('kind:vrrp')).toMatchObject({ ok: true, expression: 'base', filter: { field: 'kind' } });
    expect(selected('vrrp')).toEqual({ ok: true, expression: '(base) and (vrrp)' });
  });

  test('any other field makes it a filter as everywhere else', () => {
    for (const text of [
      'verdict:ignored',
      'vip:192.0.2.0/24',
      'mac:02:*',
      'vip:192.0.2.10 op:who',
      '-dir:out',
      'vip!=192.0.2.1',
    ]) {
      expect(selected(text)).toMatchObject({ ok: true, expression: 'base', filter: {} });
    }
  });

  test('no mixture, and a hint for what is nearly right', () => {
    expect(selected('arp and verdict:ignored')).toMatchObject({
      ok: false,
      message: expect.stringContaining('kind:arp'),
    });
    expect(selected('vpi:192.0.2.1')).toMatchObject({ ok: false, message: 'unknown field vpi (did you mean vip)' });
  });
});
