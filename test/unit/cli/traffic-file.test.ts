import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrafficOptions } from '#cli/actions.ts';
import type { Output } from '#cli/output.ts';
import { traffic } from '#cli/traffic.ts';

const directory = mkdtempSync(join(tmpdir(), 'lanlord-traffic-'));
const file = join(directory, 'frames');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const frame = (sequence: number, ip: string) => ({
  sequence,
  time: '2026-11-23T03:07:21.000000Z',
  interface: 'eth0',
  direction: 'in',
  protocol: 'ARP',
  operation: 'request',
  ip,
  sender: '192.0.2.200',
  senderMac: '02:00:00:00:00:aa',
  target: ip,
  verdict: 'answered',
  reason: 'replied',
  source: '02:00:00:00:00:aa',
  destination: 'ff:ff:ff:ff:ff:ff',
  vlan: null,
  length: 42,
  latencySeconds: null,
});
const loss = { type: 'LOST', interface: 'eth0', frames: 7, cause: 'overwritten before they were read' };

async function read(text: string, more: Partial<TrafficOptions> = {}) {
  writeFileSync(file, text);
  const said = { out: '', err: '' };
  const output: Output = {
    data(data) {
      said.out += data;
    },
    note(note) {
      said.err += `${note}\n`;
    },
    open: true,
    isTty: false,
  };
  const usual = { socket: '/nowhere', timeoutMs: 1, filter: '', watch: false, limit: null, output: 'jsonl' } as const;
  const code = await traffic({ ...usual, inputFile: file, ...more }, output);
  return { code, ...said };
}

const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const many = Array.from({ length: 150 }, (_, i) => frame(i + 1, `192.0.2.${i % 3}`));

test('what -o jsonl and -o json wrote is read back whole, and narrowed as the daemon would', async () => {
  const list = { apiVersion: 'lanlord.dev/v1', kind: 'TrafficList', generatedAt: '2026-11-23T03:07:22Z', node: 'edge' };
  for (const text of [lines(...many), JSON.stringify({ ...list, items: many, next: '', lost: [], kernelDrops: [] })]) {
    expect(await read(text)).toEqual({ code: 0, out: lines(...many), err: '' });
    const wanted = many.filter(({ ip }) => ip === '192.0.2.1');
    expect((await read(text, { filter: 'vip:192.0.2.1' })).out).toBe(lines(...wanted));
    expect((await read(text, { filter: 'vip:192.0.2.1', limit: 2 })).out).toBe(lines(...wanted.slice(-2)));
    expect(JSON.parse((await read(text, { output: 'json' })).out).items).toEqual(many);
  }
  expect(await read('')).toEqual({ code: 0, out: '', err: 'No traffic\n' });
});

test('losses stay where they were, whatever the filter', async () => {
  const text = lines(many[0], loss, many[1]);
  expect((await read(text)).out).toBe(text);
  expect((await read(text, { filter: 'vip:192.0.2.1' })).out).toBe(lines(loss, many[1]));
  expect(JSON.parse((await read(text, { output: 'json' })).out).lost).toMatchObject([{ interface: 'eth0', frames: 7 }]);
  expect((await read(text, { output: 'table' })).out).toContain('-- 7 frames lost on eth0: overwritten');
});

test('what is no traffic is refused with its place', async () => {
  const refused = async (text: string, more: Partial<TrafficOptions> = {}) => {
    const { code, out, err } = await read(text, more);
    expect([code, out]).toEqual([2, '']);
    return err;
  };
  expect(await refused('{"kind":"PoolList","items":[]}')).toContain('holds PoolList, not traffic');
  expect(await refused(lines(many[0], { name: 'blue' }))).toContain('item 2 is no frame');
  expect(await refused(lines(many[0], { ...many[1], sequence: 'x' }))).toContain('item 2 is no frame');
  expect(await refused(`${lines(many[0])}{"cut`)).toContain('line 2 is no JSON');
  expect(await refused('no')).toContain('holds no JSON');
  expect(await refused(lines(...many), { filter: 'node:@self' })).toContain('do not say whose they are');
  expect(await refused(lines(...many), { watch: true })).toContain('a file tells nothing more');
});
