// What keepalived and the compiled binary make of the same unusual advertisements: which they follow, drop or learn from.
// Read RFC 9568 §5.2 and RFC 9568 §7.1 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { addressBytes, parseAddress } from '#model/address.ts';
import { toHex } from '#wire/bytes.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { Keepalived } from '../support/keepalived.ts';
import { RouterLan } from '../support/router-lan.ts';
import { type VrrpParts, vrrpFrame } from '../support/vrrp-frames.ts';

const skipped = whySkipped('keepalived');
if (skipped !== '') console.log(`keepalived-table${skipped}`);

/** The list of both families for a row of the table: keepalived's instances must not share addresses. */
const listed = (row: number) => ({ 4: `192.168.10.${100 + row}`, 6: `fe80::${100 + row}` }) as const;
const strange = { 4: '192.168.10.99', 6: 'fe80::99' } as const;

function hexOf(address: string): string {
  const parsed = parseAddress(address);
  if (!parsed) throw new Error(`"${address}" is no address`);
  return toHex(addressBytes(parsed));
}

interface Row {
  readonly what: string;
  readonly parts: (own: string, other: string) => VrrpParts;
  /** Whether keepalived 2.2 and whether we take the sender for a leader that outranks us. */
  readonly keepalived: 'follows' | 'drops' | 'flaps';
  readonly ours: 'follows' | 'drops';
  /** In centiseconds. */
  readonly interval?: number;
  /** What keepalived says. */
  readonly complaint?: RegExp;
  /** It has no such form for IPv6. */
  readonly onlyIPv4?: true;
}

const rows: readonly Row[] = [
  {
    what: 'the same list, checksum with pseudo-header',
    parts: () => ({}),
    interval: 100,
    keepalived: 'follows',
    ours: 'follows',
  },
  {
    what: 'the checksum of RFC 9568',
    parts: () => ({ checksum: 'rfc9568' }),
    keepalived: 'drops',
    ours: 'follows',
    complaint: /Invalid VRRPv3 checksum/,
    onlyIPv4: true,
  },
  {
    what: 'one more address',
    parts: (own, more) => ({ list: own + more }),
    keepalived: 'drops',
    ours: 'follows',
    complaint: /unexpected ip number count 2, expected 1/,
  },
  {
    what: 'another address',
    parts: (_, more) => ({ list: more }),
    keepalived: 'drops',
    ours: 'follows',
    complaint: /not present in MASTER advert/,
  },
  {
    what: 'TTL or hop limit 254',
    parts: () => ({ ttl: 254 }),
    keepalived: 'drops',
    ours: 'drops',
    complaint: /invalid TTL\/HL/,
  },
  {
    what: 'no address',
    parts: () => ({ list: '' }),
    keepalived: 'drops',
    ours: 'drops',
    complaint: /ip number count 0/,
  },
  {
    what: 'a list that is cut off',
    parts: () => ({ count: 2 }),
    keepalived: 'drops',
    ours: 'drops',
    complaint: /packet too short/,
  },
  {
    what: '28 bytes behind the list',
    parts: () => ({ trailer: '00'.repeat(28) }),
    keepalived: 'drops',
    ours: 'follows',
    complaint: /packet too long/,
  },
  { what: 'interval 0', parts: () => ({ interval: 0 }), interval: 0, keepalived: 'flaps', ours: 'drops' },
  {
    what: 'half the interval',
    parts: () => ({ interval: 50 }),
    interval: 50,
    keepalived: 'follows',
    ours: 'follows',
  },
  { what: 'a wrong checksum', parts: () => ({ wrong: 1 }), keepalived: 'drops', ours: 'drops' },
  { what: 'version 2', parts: () => ({ version: 2 }), keepalived: 'drops', ours: 'drops' },
];
const firstId = 60;

const longerThanItsInterval = 1300;

describe.skipIf(skipped !== '')(`keepalived-table${skipped}`, () => {
  let lan: RouterLan;

  beforeAll(() => {
    lan = new RouterLan('ktab', '52');
  });
  afterAll(() => lan?.close());

  /** Every row twice: IPv4, and IPv6 where there is such a form. */
  const cases = rows.flatMap((row, i) => [
    { row, i, family: 4 as const, id: firstId + i, name: `r${i}v4` },
    ...(row.onlyIPv4 ? [] : [{ row, i, family: 6 as const, id: firstId + i, name: `r${i}v6` }]),
  ]);
  const labels = (verdict: (one: (typeof cases)[number]) => string) =>
    cases.map((one) => `IPv${one.family}, ${one.row.what}: ${verdict(one)}`);

  /** What the row says, from a router that outranks all others. `list`: the receiver's own. */
  function frameOf({ row, family, id }: (typeof cases)[number], list: string): Uint8Array {
    const own = hexOf(list);
    const source = hexOf(family === 4 ? '192.168.10.9' : 'fe80::9');
    const usual = {
      family,
      virtualRouterId: id,
      priority: 250,
      interval: 100,
      list: own,
      source,
      from: '020000005209',
    };
    return vrrpFrame({ ...usual, ...row.parts(own, hexOf(strange[family])) });
  }

  async function insist(frames: readonly Uint8Array[], milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      for (const frame of frames) lan.ear.send(frame);
      await Bun.sleep(200);
    }
  }

  test('keepalived 2.2 follows, drops and flaps as the table says, and learns the interval', async () => {
    const theirs = new Keepalived(lan.hosts[1]);
    try {
      await theirs.start(cases.map(({ name, i, family, id }) => ({ name, id, addresses: [listed(i)[family]] })));
      const areMasters = () => cases.every(({ name }) => theirs.state(name) === 'MASTER');
      expect(await theirs.within(patience, areMasters)).toBe(true);
      theirs.log = '';
      const frames = cases.map((one) => frameOf(one, listed(one.i)[one.family]));
      const expected = labels(({ row }) => row.keepalived);
      const found = () => labels(({ name }) => told(theirs.log, name));
      await insist(frames, 2000);
      // Where its timers come late it says so late.
      for (let more = 0; more < 5 && found().join() !== expected.join(); more++) await insist(frames, 1000);
      const { log } = theirs;
      expect(found()).toEqual(expected);
      for (const { name, row } of cases) if (row.complaint) expect(said(log, name)).toMatch(row.complaint);
      for (const { name, row } of cases) {
        if (row.interval === 50) expect(said(log, name)).toContain('updated from 1000ms to 500ms');
        if (row.interval === 0) expect(said(log, name)).toContain('updated from 1000ms to 0ms');
      }
    } finally {
      await theirs.close();
    }
  });

  /** What it said of an instance. */
  function said(log: string, name: string): string {
    return log
      .split('\n')
      .filter((line) => line.includes(`(${name})`))
      .join('\n');
  }

  function told(log: string, name: string): Row['keepalived'] {
    const lines = said(log, name);
    if (!lines.includes('Entering BACKUP')) return 'drops';
    return lines.includes('Entering MASTER') ? 'flaps' : 'follows';
  }

  test('lanlord follows whatever is valid, drops the rest, and learns the interval', async () => {
    const box = new Box(lan.lab, lan.hosts[0]);
    try {
      const [own, own6] = [listed(0)[4], listed(0)[6]];
      const ids = [...new Set(cases.map(({ id }) => id))];
      lan.pair(box, { addresses: [own, own6], vrrp: 'priority: 100', ids });
      await box.start();
      const advertised = () => {
        const own = lan.ear.heard.filter(({ etherSource, priority }) => etherSource === box.mac && priority > 0);
        return new Set(own.map(({ virtualRouterId, sender }) => `${virtualRouterId} ${sender.includes(':') ? 6 : 4}`));
      };
      const isAdvertised = ({ id, family }: (typeof cases)[number]) => advertised().has(`${id} ${family}`);
      expect(await lan.ear.until(() => cases.every(isAdvertised))).toBe(true);
      const frames = cases.map((one) => frameOf(one, listed(0)[one.family]));
      await insist(frames, 1000);
      lan.ear.clear();
      await insist(frames, longerThanItsInterval);
      await lan.ear.until(() => false, 100);
      expect(labels((one) => (isAdvertised(one) ? 'drops' : 'follows'))).toEqual(labels(({ row }) => row.ours));

      // Whoever says 50 centiseconds is missed earlier than whoever says 100.
      expect(await lan.ear.until(() => cases.every(isAdvertised))).toBe(true);
      const back = (one: (typeof cases)[number]) =>
        lan.ear.heard.find(({ etherSource, virtualRouterId, sender }) => {
          return etherSource === box.mac && virtualRouterId === one.id && sender.includes(':') === (one.family === 6);
        })?.atMs ?? Number.NaN;
      for (const family of [4, 6] as const) {
        const [usual, learned] = [100, 50].map((interval) =>
          cases.find(({ row, family: own }) => own === family && row.ours === 'follows' && row.interval === interval),
        );
        if (!usual || !learned) throw new Error('no such rows');
        expect(back(usual) - back(learned)).toBeGreaterThan(1000);
      }
    } finally {
      await box.close();
    }
  });
});
