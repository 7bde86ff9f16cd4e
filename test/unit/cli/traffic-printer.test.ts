import { expect, test } from 'bun:test';
import { faultLines } from '#cli/read-filter.ts';
import { TrafficPrinter } from '#cli/traffic-printer.ts';
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import { parseFilter } from '#model/filter.ts';

const item: TrafficItem = {
  sequence: 7,
  time: '2026-11-23T03:06:59.812345Z',
  interface: 'eth0',
  direction: 'in',
  protocol: 'ARP',
  operation: 'request',
  ip: '192.168.10.211',
  sender: '192.168.10.1',
  senderMac: '00:1b:21:3c:9d:f0',
  target: '192.168.10.211',
  verdict: 'ignored',
  reason: 'standby',
  source: '00:1b:21:3c:9d:f0',
  destination: 'ff:ff:ff:ff:ff:ff',
  vlan: null,
  length: 60,
  latencySeconds: null,
};

function answer(...items: TrafficItem[]): TrafficAnswer {
  const generatedAt = '2026-11-23T03:07:00.000Z';
  const head = { apiVersion: 'lanlord.dev/v1', kind: 'TrafficList', generatedAt, node: 'n' } as const;
  return { ...head, items, next: '', lost: [], kernelDrops: [] };
}

function printed(format: 'table' | 'jsonl', act: (printer: TrafficPrinter) => void): string[] {
  let text = '';
  const output = {
    data(more: string) {
      text += more;
    },
    note() {},
    open: true,
    isTty: false,
  };
  act(new TrafficPrinter(format, output));
  return text.split('\n').slice(0, -1);
}

test('one header, rows that line up whenever they come, and losses between them', () => {
  const lines = printed('table', (printer) => {
    printer.frames(answer());
    printer.frames(answer(item));
    printer.lost([{ interface: 'eth0', frames: 1204 }], 'overwritten before they were read');
    printer.frames(answer({ ...item, direction: 'out', operation: 'reply' }));
  });
  expect(lines).toEqual([
    'TIME (UTC)    IF      DIR  OP     IP               FROM               VERDICT',
    '03:06:59.812  eth0    in   who    192.168.10.211   00:1b:21:3c:9d:f0  ignored (standby)',
    '-- 1,204 frames lost on eth0: overwritten before they were read --',
    '03:06:59.812  eth0    out  is-at  192.168.10.211   00:1b:21:3c:9d:f0  ignored (standby)',
  ]);
});

test('JSON lines are the frames, and losses have a type', () => {
  const lines = printed('jsonl', (printer) => {
    printer.frames(answer(item));
    printer.lost([{ interface: 'eth0', frames: 3 }], 'dropped by the kernel');
  });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    item,
    { type: 'LOST', interface: 'eth0', frames: 3, cause: 'dropped by the kernel' },
  ]);
});

test('names of interfaces cannot move a cursor', () => {
  const lines = printed('table', (printer) => {
    printer.frames(answer({ ...item, interface: 'e\x1b[2J' }));
    printer.lost([{ interface: 'e\x1b[2J', frames: 1 }], 'x');
  });
  expect(lines.join('')).not.toContain('\x1b');
  expect(printed('jsonl', (printer) => printer.frames(answer({ ...item, interface: 'é\u202e' })))[0]).not.toMatch(
    /[^ -~]/,
  );
});

test('what is wrong with a filter is shown with its place', () => {
  const lines = (text: string) => {
    const parsed = parseFilter(text);
    return parsed.ok ? [] : faultLines(text, parsed.fault);
  };
  expect(lines('a vpi:1')).toEqual(['lanlord: --filter: unknown field vpi (did you mean vip)', '  a vpi:1', '    ^^^']);
  expect(lines('"\x1b" sev:x')[1]).toBe('  "\\u{1b}" sev:x');
  expect(lines('"\x1b" sev:x')[2]).toBe(`  ${' '.repeat(13)}^`);
  expect(lines(`${'x'.repeat(200)} vpi:1`).length).toBe(1);
});
