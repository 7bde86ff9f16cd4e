// Groups beyond those of the kernel: reported, answered for when asked, taken back.
import { expect, test } from 'bun:test';
import { ReportedGroups } from '#announce/reported-groups.ts';
import type { GroupSocket, GroupTarget } from '#ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';

class Socket implements GroupSocket {
  readonly sent: string[] = [];
  readonly waiting: Uint8Array[] = [];
  closed = false;
  send(frame: Uint8Array): boolean {
    // Type of the first record, and the last byte of each group.
    const records = Array.from({ length: (frame.length - 70) / 20 }, (_, i) => frame[70 + 20 * i + 19]);
    this.sent.push(`${frame[70]}: ${records.join(' ')}`);
    return true;
  }
  receive(): Uint8Array | null {
    return this.waiting.shift() ?? null;
  }
  close(): void {
    this.closed = true;
  }
}

const source = Uint8Array.from([0xfe, 0x80, ...Array.from({ length: 14 }, () => 1)]);
const target = (suffixes: readonly number[], more: Partial<GroupTarget> = {}): GroupTarget => ({
  ...{ interface: 'eth0', index: 2, mac: '02:00:00:00:00:01', carrierUps: 1, source },
  suffixes: new Set(suffixes),
  ...more,
});

/** A kernel that joins one group. */
function stage(socket: Socket | null = new Socket(), isReceived = true) {
  const clock = new FakeClock();
  let wanted: readonly GroupTarget[] = [];
  const memberships = {
    apply(targets: readonly GroupTarget[]) {
      wanted = targets;
      return new Map(targets.flatMap((one) => (one.suffixes.size > 1 ? [[one.interface, 'not joined'] as const] : [])));
    },
    beyond(index: number) {
      const all = wanted.find((one) => one.index === index)?.suffixes ?? new Set<number>();
      return { suffixes: new Set([...all].slice(1)), isReceived };
    },
    close() {},
  };
  const open = () => (socket ? { ok: true as const, value: socket } : { ok: false as const });
  return { clock, groups: new ReportedGroups({ memberships, open, clock, random: () => 0 }) };
}

test('what the kernel has not joined is reported, and is no fault then', async () => {
  const socket = new Socket();
  const { clock, groups } = stage(socket);
  expect(groups.apply([target([1, 2, 3])])).toEqual(new Map());
  await clock.advance(2000);
  expect(socket.sent).toEqual(['4: 2 3', '4: 2 3']);
  groups.apply([target([1, 2, 3], { carrierUps: 2 })]);
  await clock.advance(2000);
  expect(socket.sent.slice(2)).toEqual(['4: 2 3', '4: 2 3']);
  // 2 is the kernel's now: it stays joined, and is not taken back by us. 3 is gone.
  groups.apply([target([2])]);
  await clock.advance(2000);
  expect(socket.sent.slice(4)).toEqual(['3: 3', '3: 3']);
  expect(socket.closed).toBe(true);
  groups.close();
});

test('without a socket, a link-local address, or a card that lets them in, it stays a fault', () => {
  const fault = new Map([['eth0', 'not joined']]);
  expect(stage(null).groups.apply([target([1, 2])])).toEqual(fault);
  expect(stage().groups.apply([target([1, 2], { source: null })])).toEqual(fault);
  expect(stage(new Socket(), false).groups.apply([target([1, 2])])).toEqual(fault);
});

test('an interface that goes, and the end, close the socket', () => {
  const socket = new Socket();
  const { groups } = stage(socket);
  groups.apply([target([1, 2])]);
  groups.apply([]);
  expect(socket.closed).toBe(true);
  const other = new Socket();
  const second = stage(other).groups;
  second.apply([target([1, 2])]);
  second.close();
  expect(other.sent.at(-1)).toBe('3: 2');
  expect(other.closed).toBe(true);
});
