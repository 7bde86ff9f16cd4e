// Rows on their way from probing to answering, as the main thread and a worker see them.
import { beforeEach, describe, expect, test } from 'bun:test';
import { TableRows, type WantedRow } from '#announce/table-rows.ts';
import { formatAddress } from '#model/address.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { createTable } from '#table/layout.ts';
import { TableReader, type TableRow } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { address } from '../../support/objects.ts';

const ip = '192.0.2.10';
const stranger = Uint8Array.of(2, 0, 0, 0, 0, 0xbb);
let rows: TableRows;
let reader: TableReader;
let worker: ClaimRecorder;

beforeEach(() => {
  const buffer = createTable(8);
  const writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: 100_000 });
  rows = new TableRows(buffer, writer);
  reader = new TableReader(buffer);
  worker = new ClaimRecorder(buffer);
});

const wish = (more: Partial<WantedRow> = {}): WantedRow => ({
  address: address(ip),
  group: 0,
  mode: 'announce',
  isClaimed: false,
  ...more,
});

function seen(): TableRow[] {
  const found: TableRow[] = [];
  reader.forEachRow((row) => found.push(row), 0);
  return found;
}

/** What the worker finds out about the only row. */
function conclude(outcome: 'clear' | 'conflict'): void {
  const [row] = seen();
  if (!row) throw new Error('no row');
  if (outcome === 'conflict') worker.record(-3 - row.index, stranger, 0, 0, 5000);
  worker.conclude(row.index, row.generation, outcome);
}

const sight = () => rows.sight('eth0', 6000);

describe('a row that is to be announced', () => {
  test('is probed for, and live under a new generation once nobody has it', () => {
    rows.set([wish()], 1);
    const [before] = seen();
    expect(before).toMatchObject({ phase: 'claiming', active: false });
    expect([...rows.announced()]).toMatchObject([{ ip, isClaiming: true }]);
    expect(rows.poll(2)).toBe(false);
    conclude('clear');
    expect(rows.poll(77)).toBe(true);
    const [after] = seen();
    expect(after).toMatchObject({ phase: 'live', active: true });
    expect(after?.generation).not.toBe(before?.generation);
    expect([...rows.announced()]).toMatchObject([{ ip, isClaiming: false, sinceMs: 77 }]);
    expect(sight()).toMatchObject({ live: [ip], concluded: [] });
    expect(rows.poll(78)).toBe(false);
  });
  test('stays unanswered when somebody has it, and says who', () => {
    rows.set([wish()], 1);
    conclude('conflict');
    expect(rows.poll(2)).toBe(true);
    expect(seen()[0]?.phase).toBe('claiming');
    const { live, concluded, claimants } = sight();
    expect(live).toEqual([]);
    expect(concluded).toMatchObject([{ isQuestion: false, outcome: 'conflict' }]);
    expect(claimants).toMatchObject([{ mac: '02:00:00:00:00:bb', lastMs: 5000, isEcho: false }]);
  });
  test('is live at once when it was claimed before, and stays so', () => {
    rows.set([wish({ isClaimed: true })], 1);
    const [before] = seen();
    expect(before?.phase).toBe('live');
    rows.set([wish()], 2);
    expect(seen()[0]).toEqual(before as TableRow);
  });
  test('becomes live by decree: a proxy is no reason to wait', () => {
    rows.set([wish()], 1);
    conclude('conflict');
    rows.poll(2);
    rows.set([wish({ isClaimed: true })], 3);
    expect(seen()[0]?.phase).toBe('live');
    expect(sight().concluded).toEqual([]);
  });
  test('D-12: is held without a carrier, and probed for from the beginning when it is back', () => {
    rows.carrier(false, false);
    rows.set([wish()], 1);
    const [held] = seen();
    expect(held?.phase).toBe('watched');
    rows.carrier(true, true);
    const [again] = seen();
    expect(again?.phase).toBe('claiming');
    rows.carrier(false, false);
    rows.carrier(true, true);
    expect(seen()[0]?.generation).toBeGreaterThan(again?.generation ?? 0);
  });
  test('a live row is announced again when the carrier comes back, and left alone when it goes', () => {
    rows.set([wish({ isClaimed: true })], 1);
    const [before] = seen();
    rows.carrier(false, false);
    expect(seen()[0]).toEqual(before as TableRow);
    rows.carrier(true, true);
    expect(seen()[0]?.generation).toBeGreaterThan(before?.generation ?? 0);
  });
});

test('a watched address is neither answered nor reported; a question tells its outcome and is never used', () => {
  rows.set([wish({ mode: 'watch' })], 1);
  expect(seen()[0]?.phase).toBe('watched');
  expect([...rows.announced()]).toEqual([]);
  rows.set([wish({ mode: 'question' })], 1);
  conclude('clear');
  expect(rows.poll(2)).toBe(true);
  expect(seen()[0]?.phase).toBe('asking');
  const [concluded] = sight().concluded;
  expect(concluded).toMatchObject({ isQuestion: true, outcome: 'clear' });
  expect(formatAddress(concluded?.address ?? address('192.0.2.1'))).toBe(ip);
  rows.set([wish()], 3);
  expect(sight().concluded).toEqual([]);
});

test('one more frame of a known claimant is no news, except of a repeat under release', () => {
  rows.set([wish({ isClaimed: true })], 1);
  const [row] = seen();
  const claim = (nowMs: number) => worker.record(row?.index ?? 0, stranger, 0, 1, nowMs);
  claim(1000);
  expect(rows.poll(1)).toBe(true);
  claim(2000);
  expect(rows.poll(2)).toBe(false);
  rows.setPolicy({ probe: true, profile: 'wired', policy: 'release' });
  claim(3000);
  expect(rows.poll(3)).toBe(true);
  claim(4000);
  expect(rows.poll(4)).toBe(true);
});

test('what does not fit is named, but not what is only listened for, and gets in as soon as there is room', () => {
  const many = Array.from({ length: 10 }, (_, i) => wish({ address: address(`192.0.2.${i + 1}`) }));
  rows.set(many, 1);
  expect([...rows.unfit()]).toEqual(['192.0.2.9', '192.0.2.10']);
  rows.set([...many.slice(0, 8), wish({ address: address('192.0.2.99'), mode: 'watch' })], 2);
  expect([...rows.unfit()]).toEqual([]);
  rows.set(many.slice(2), 3);
  expect([...rows.unfit()]).toEqual([]);
  expect([...rows.announced()].map(({ ip: text }) => text)).toContain('192.0.2.10');
});
