// What follows from claims on the wire, with a virtual clock.
import { describe, expect, test } from 'bun:test';
import { ConflictBook, type ConflictEvent, type ConflictMemory, type ConflictWorld } from '#core/conflict-book.ts';
import { formatAddress } from '#model/address.ts';
import type { Claimant, ClaimSight } from '#model/claims.ts';
import { address, networkInterface } from '../../support/objects.ts';

const stranger = '02:00:00:00:00:bb';
const vip = '192.0.2.10';
const minute = 60_000;
const eth0 = networkInterface('eth0', { addresses: [{ family: 'IPv4', address: '192.0.2.1', prefixLength: 24 }] });

class Story {
  nowMs = 1_000_000;
  readonly book: ConflictBook;
  world: Partial<ConflictWorld> = {};

  constructor(kept: ConflictMemory = {}, random: () => number = () => 0.9) {
    this.book = new ConflictBook(kept, this.nowMs, random);
  }

  look(sight: Partial<ClaimSight> = {}): readonly ConflictEvent[] {
    return this.book.look({
      sights: [{ interface: 'eth0', live: [], concluded: [], claimants: [], ...sight }],
      interfaces: [eth0],
      probe: true,
      policy: 'defend',
      peers: new Set(),
      isKnown: () => false,
      nowMs: this.nowMs,
      wallMs: this.nowMs + 5_000_000,
      ...this.world,
    });
  }

  claimant(more: Partial<Omit<Claimant, 'address'>> & { ip?: string } = {}): Claimant {
    const { ip = vip, ...rest } = more;
    const times = { firstMs: this.nowMs, lastMs: this.nowMs };
    return { address: address(ip), mac: stranger, count: 1, repeats: 0, isEcho: false, ...times, ...rest };
  }

  /** Probing for the address met this MAC. */
  refused(ip: string, mac = stranger): readonly ConflictEvent[] {
    const concluded = [{ address: address(ip), isQuestion: false, outcome: 'conflict' as const }];
    return this.look({ concluded, claimants: [this.claimant({ ip, mac })] });
  }

  questions(): string[] {
    const { watched } = this.book.orders(this.nowMs);
    return watched.flatMap((entry) => (entry.mode === 'question' ? [formatAddress(entry.address)] : []));
  }

  quarantined(): string[] {
    return this.book.quarantine().map((entry) => formatAddress(entry.address));
  }
}

const kinds = (events: readonly ConflictEvent[]) => events.map(({ kind }) => kind);

describe('an address that probing found taken', () => {
  test('D-2: is quarantined with MAC, interface and time, told once, and listened for', () => {
    const story = new Story();
    const [event, ...more] = story.refused(vip);
    expect(event).toMatchObject({ kind: 'conflict.probe', severity: 'warning', object: `ip/${vip}` });
    expect(event?.fields).toEqual({ ip: vip, interface: 'eth0', mac: stranger });
    expect(more).toEqual([]);
    expect(story.book.quarantine()).toMatchObject([{ interface: 'eth0', mac: stranger, sinceMs: 6_000_000 }]);
    expect(story.book.orders(story.nowMs).watched[0]).toMatchObject({ interface: 'eth0', mode: 'watch' });
    expect(story.refused(vip)).toEqual([]);
  });
  test('D-15: is asked about after ten minutes of silence, and let go when nobody answers', () => {
    const story = new Story();
    story.refused(vip);
    story.nowMs += 9 * minute;
    story.look({ claimants: [story.claimant()] });
    story.nowMs += 9 * minute;
    story.look();
    expect(story.questions()).not.toContain(vip);
    story.nowMs += minute;
    story.look();
    expect(story.questions()).toContain(vip);
    expect(story.quarantined()).toEqual([vip]);
    const answered = [{ address: address(vip), isQuestion: true, outcome: 'conflict' as const }];
    expect(story.look({ concluded: answered })).toEqual([]);
    expect(story.questions()).not.toContain(vip);
    story.nowMs += 10 * minute;
    story.look();
    expect(story.questions()).toContain(vip);
    const events = story.look({ concluded: [{ address: address(vip), isQuestion: true, outcome: 'clear' }] });
    expect(kinds(events)).toEqual(['conflict.lifted']);
    expect(story.quarantined()).toEqual([]);
  });
  test('stays so over a restart, where silence begins anew', () => {
    const story = new Story();
    story.refused(vip);
    const next = new Story({ quarantine: story.book.quarantine() });
    expect(next.quarantined()).toEqual([vip]);
    next.nowMs += 9 * minute;
    next.look();
    expect(next.questions()).not.toContain(vip);
    next.nowMs += minute;
    next.look();
    expect(next.questions()).toContain(vip);
  });
  test('is let go after ten minutes where nobody can be asked any more', () => {
    const story = new Story();
    story.refused(vip);
    story.world = { interfaces: [{ ...eth0, up: false }] };
    story.nowMs += 10 * minute;
    expect(kinds(story.look())).toEqual(['conflict.lifted']);
  });
  test('is let go when nobody wants to know: conflict.probe: false', () => {
    const story = new Story();
    story.refused(vip);
    story.world = { probe: false };
    expect(kinds(story.look())).toEqual(['conflict.lifted']);
    story.refused(vip);
    story.world = { probe: false, policy: 'release' };
    expect(story.look()).toEqual([]);
  });
});

describe('claims on an address that is answered', () => {
  const live = [vip];
  test('ACD-6, D-8: a stranger is a duplicate, and the alarm is told once', () => {
    const story = new Story();
    const events = story.look({ live, claimants: [story.claimant()] });
    expect(events).toMatchObject([{ kind: 'conflict.claimed', severity: 'critical', object: `ip/${vip}` }]);
    story.nowMs += 11_000;
    expect(story.look({ live, claimants: [story.claimant({ count: 2 })] })).toEqual([]);
    expect(story.book.duplicates()).toMatchObject([{ mac: stranger, count: 2, interface: 'eth0' }]);
    expect(story.quarantined()).toEqual([]);
  });
  test('is over after a minute of silence, which is told', () => {
    const story = new Story();
    const claimant = story.claimant();
    story.look({ live, claimants: [claimant] });
    story.nowMs += minute - 1;
    expect(story.look({ live, claimants: [claimant] })).toEqual([]);
    expect(story.book.isPending()).toBe(true);
    story.nowMs += 1;
    expect(kinds(story.look({ live, claimants: [claimant] }))).toEqual(['conflict.ended']);
    expect(story.book.duplicates()).toEqual([]);
  });
  test('D-9: one alarm per MAC and hour, and a word about each of its other addresses', () => {
    const story = new Story();
    story.world = { policy: 'alarm' };
    const both = [vip, '192.0.2.11'];
    const claims = () => both.map((ip) => story.claimant({ ip }));
    const told = (events: readonly ConflictEvent[]) => events.map(({ kind, severity }) => `${kind} ${severity}`);
    const hourly = ['conflict.claimed critical', 'conflict.claimed warning'];
    expect(told(story.look({ live: both, claimants: claims() }))).toEqual(hourly);
    story.nowMs += 30 * minute;
    expect(kinds(story.look({ live: both, claimants: claims() }))).toEqual([]);
    story.nowMs += 2 * minute;
    expect(kinds(story.look({ live: both, claimants: [] }))).toEqual(['conflict.ended', 'conflict.ended']);
    story.nowMs += 29 * minute;
    expect(told(story.look({ live: both, claimants: claims() }))).toEqual(hourly);
    expect(story.book.duplicates()).toHaveLength(2);
  });
  test('the journal tells the end of a claim exactly when it told its beginning, address by address', () => {
    const story = new Story();
    const both = [vip, '192.0.2.11'];
    const told: string[] = [];
    const look = (...ips: string[]) => {
      const events = story.look({ live: both, claimants: ips.map((ip) => story.claimant({ ip })) });
      told.push(...events.map(({ kind, object }) => `${kind} ${object}`));
    };
    look(vip);
    look(...both);
    story.nowMs += minute;
    look();
    // Within the hour it comes and goes again: no word about either.
    look(...both);
    story.nowMs += minute;
    look();
    expect(told).toEqual([
      `conflict.claimed ip/${vip}`,
      'conflict.claimed ip/192.0.2.11',
      `conflict.ended ip/${vip}`,
      'conflict.ended ip/192.0.2.11',
    ]);
  });
  test('between rounds, counts and times of known claims are brought up to date, and no other', () => {
    const story = new Story();
    story.look({ live, claimants: [story.claimant()] });
    story.nowMs += 4000;
    const claimants = [story.claimant({ count: 9 }), story.claimant({ ip: '192.0.2.11', count: 3 })];
    const sights = [{ interface: 'eth0', live, concluded: [], claimants }];
    story.book.recount(sights, story.nowMs, story.nowMs + 5_000_000);
    expect(story.book.duplicates()).toMatchObject([{ count: 9, lastMs: story.nowMs + 5_000_000 }]);
    story.nowMs += minute - 1;
    story.look({ live });
    expect(story.book.duplicates()).toHaveLength(1);
  });
  test('ACD-7: release gives the address up at the second claim within ten seconds, not at the first', () => {
    const story = new Story();
    story.world = { policy: 'release' };
    expect(kinds(story.look({ live, claimants: [story.claimant()] }))).toEqual(['conflict.claimed']);
    expect(story.quarantined()).toEqual([]);
    story.nowMs += 2000;
    const again = story.look({ live, claimants: [story.claimant({ count: 2, repeats: 1 })] });
    expect(kinds(again)).toEqual(['conflict.released']);
    expect(story.quarantined()).toEqual([vip]);
    expect(story.book.orders(story.nowMs).claimed.size).toBe(0);
    // The row goes with the next round only: the address is the other host's from now on, and told once.
    expect(story.book.duplicates()).toEqual([]);
    expect(story.look({ live, claimants: [story.claimant({ count: 2, repeats: 1 })] })).toEqual([]);
  });
  test('release: repeats of long ago give nothing up', () => {
    const story = new Story();
    story.world = { policy: 'release' };
    const old = story.claimant({ repeats: 7, lastMs: story.nowMs - 20_000 });
    expect(kinds(story.look({ live, claimants: [old] }))).toEqual(['conflict.claimed']);
    expect(story.quarantined()).toEqual([]);
  });
  test('D-10: what a peer of ours claims is no conflict', () => {
    const story = new Story();
    story.world = { peers: new Set([stranger]) };
    expect(story.look({ live, claimants: [story.claimant({ repeats: 3 })] })).toEqual([]);
    expect(story.book.duplicates()).toEqual([]);
  });
  test('D-5: our own frames that come back are an echo: told once an hour, never a duplicate', () => {
    const story = new Story();
    const echo = () => story.claimant({ mac: '02:00:00:00:00:01', isEcho: true });
    expect(kinds(story.look({ live, claimants: [echo()] }))).toEqual(['conflict.echo']);
    story.nowMs += 30 * minute;
    expect(story.look({ live, claimants: [echo()] })).toEqual([]);
    expect(story.book.duplicates()).toEqual([]);
  });
  test('D-11: virtual MACs are named', () => {
    const story = new Story();
    const [event] = story.look({ live, claimants: [story.claimant({ mac: '00:00:5e:00:01:0a' })] });
    expect(event?.message).toContain('VRRP router id 10');
  });
});

describe('D-13: proxy ARP', () => {
  const control = '192.0.2.229';
  const answer = (story: Story, mac: string) =>
    story.look({
      concluded: [{ address: address(control), isQuestion: true, outcome: 'conflict' }],
      claimants: [story.claimant({ ip: control, mac })],
    });
  test('a MAC that answers for a taken address is asked about one that nobody has', () => {
    const story = new Story();
    story.refused(vip);
    expect(story.questions()).toEqual([control]);
  });
  test('the same MAC answers: proxy ARP; its quarantine is lifted and its claims count no more', () => {
    const story = new Story();
    story.refused(vip);
    const events = answer(story, stranger);
    expect(kinds(events)).toEqual(['conflict.proxy_arp', 'conflict.lifted']);
    expect(events[0]?.message).toContain(`proxy ARP by ${stranger}`);
    expect(story.book.proxies()).toEqual([{ interface: 'eth0', mac: stranger, isSure: true }]);
    expect(story.refused(vip)).toEqual([]);
    expect(story.book.orders(story.nowMs).claimed).toEqual(new Set([`${vip}%eth0`]));
    expect(story.look({ live: [vip], claimants: [story.claimant()] })).toEqual([]);
  });
  test('a candidate that was refused in the same moment is claimed all the same', () => {
    const story = new Story();
    story.refused(vip);
    story.look({
      concluded: [
        { address: address('192.0.2.11'), isQuestion: false, outcome: 'conflict' },
        { address: address(control), isQuestion: true, outcome: 'conflict' },
      ],
      claimants: [story.claimant({ ip: '192.0.2.11' }), story.claimant({ ip: control })],
    });
    expect(story.quarantined()).toEqual([]);
    expect(story.book.orders(story.nowMs).claimed).toEqual(new Set(['192.0.2.11%eth0']));
  });
  test('nobody answers: the MAC is a host, its address stays quarantined, and it is not asked about again at once', () => {
    const story = new Story();
    story.refused(vip);
    const concluded = [{ address: address(control), isQuestion: true, outcome: 'clear' as const }];
    expect(story.look({ concluded })).toEqual([]);
    expect(story.quarantined()).toEqual([vip]);
    story.refused('192.0.2.11');
    expect(story.questions()).toEqual([]);
  });
  test('another MAC answers: two hosts', () => {
    const story = new Story();
    story.refused(vip);
    expect(answer(story, '02:00:00:00:00:cc')).toEqual([]);
    expect(story.quarantined()).toEqual([vip]);
  });
  test('three addresses of one MAC are said to be proxy ARP or a big host, and stay another host’s', () => {
    const story = new Story();
    story.refused(vip);
    story.look({ concluded: [{ address: address(control), isQuestion: true, outcome: 'clear' }] });
    story.refused('192.0.2.11');
    const events = story.refused('192.0.2.12');
    expect(kinds(events)).toEqual(['conflict.probe', 'conflict.many']);
    expect(events[1]?.message).toContain('proxy ARP');
    expect(story.book.proxies()).toEqual([{ interface: 'eth0', mac: stranger, isSure: false }]);
    expect(story.quarantined()).toHaveLength(3);
  });
  test('never asks about an address that somebody of ours may use', () => {
    const story = new Story({}, () => 0.5);
    story.world = { isKnown: () => true };
    story.refused(vip);
    expect(story.questions()).toEqual([]);
  });
});

describe('what was claimed', () => {
  test('ACD-8: is claimed for good, also after a restart, until nobody wants the address', () => {
    const story = new Story();
    story.look({ live: [vip] });
    const next = new Story(story.book.memory());
    expect(next.book.orders(next.nowMs).claimed).toEqual(new Set([`${vip}%eth0`]));
    next.book.retain((ip) => ip === vip);
    expect(next.book.orders(next.nowMs).claimed.size).toBe(1);
    next.book.retain(() => false);
    expect(next.book.orders(next.nowMs).claimed.size).toBe(0);
    expect(next.book.memory().claimed.size).toBe(0);
  });
  test('is the same map as long as nothing changes: nothing is written again', () => {
    const story = new Story();
    story.look({ live: [vip] });
    const { claimed } = story.book.memory();
    story.look({ live: [vip] });
    expect(story.book.memory().claimed).toBe(claimed);
  });
});
