import { afterEach, expect, test } from 'bun:test';
import { type HubSettings, StreamHub } from '#control/stream-hub.ts';
import type { StreamKind, StreamLine } from '#control/stream-protocol.ts';
import { StreamReplica } from '#control/stream-replica.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { ControlBackend, ViewListener } from '#ports/control-backend.ts';
import type { DaemonView } from '#ports.ts';
import { capture, daemonView, fakeBackend, journal, nowMs, snapshot } from '../../support/daemon-view.ts';

const hubs: StreamHub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.close();
});

/** A daemon whose state a test changes. */
class Daemon {
  view: DaemonView = daemonView();
  looks = 0;
  readonly listeners = new Set<ViewListener>();
  readonly logged: string[] = [];
  readonly hub: StreamHub;

  constructor(settings: Partial<HubSettings> = {}, entries = journal) {
    const backend: ControlBackend = {
      ...fakeBackend(),
      journal: (limit) => entries.slice(-limit),
      view: () => {
        this.looks++;
        return this.view;
      },
      watch: (listener) => {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
    };
    const quick = { changePaceMs: 5, counterPaceMs: 60_000, heartbeatMs: 60_000 };
    this.hub = new StreamHub(
      backend,
      '/run/lanlord/admin.sock',
      { write: (_level, message) => void this.logged.push(message) },
      { ...quick, ...settings },
    );
    hubs.push(this.hub);
  }

  change(change: Partial<DaemonView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener.changed();
  }

  /** `kept`: the journal that keeps it. */
  record(message: string, kept: JournalEntry[] = []): void {
    const entry = { timeMs: nowMs, kind: 'x', severity: 'info', object: 'o', message, fields: {} } as const;
    kept.push(entry);
    for (const listener of this.listeners) listener.recorded([entry]);
  }

  open(kinds: readonly StreamKind[], last = 500): Reading {
    const stream = this.hub.open(kinds, last);
    if (!stream) throw new Error('refused');
    return new Reading(stream);
  }
}

class Reading {
  readonly replica = new StreamReplica();
  readonly lines: StreamLine[] = [];
  readonly reader;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.reader = stream.getReader();
  }

  /** Reads up to a line of this type; its lines since the last call. */
  async upTo(type: StreamLine['type']): Promise<readonly StreamLine[]> {
    const from = this.lines.length;
    for (;;) {
      const { done, value } = await this.reader.read();
      if (done) throw new Error('The stream ended');
      for (const text of new TextDecoder().decode(value).split('\n').slice(0, -1)) {
        const line = JSON.parse(text) as StreamLine;
        this.lines.push(line);
        this.replica.apply(line);
      }
      if (this.lines.slice(from).some((line) => line.type === type)) return this.lines.slice(from);
    }
  }
}

function types(lines: readonly StreamLine[]): readonly string[] {
  return lines.map((line) => ('kind' in line ? `${line.type} ${line.kind} ${line.key}` : line.type));
}

function problem(object: string, message = 'm') {
  return { code: 'PEND', severity: 'warning' as const, object, message, hint: '', sinceMs: nowMs };
}

test('a reader gets the whole state first, then what changed and nothing else', async () => {
  const daemon = new Daemon();
  const reading = daemon.open(['problems', 'pools', 'leaders']);
  expect(types(await reading.upTo('SYNCED'))).toEqual([
    'HELLO',
    'ADDED problems PEND svc/media/plex',
    'ADDED pools blue',
    'ADDED leaders 192.168.10.208%eth0',
    'ADDED leaders 192.168.10.209%',
    'SYNCED',
  ]);
  expect(reading.replica.hello).toMatchObject({ node: 'edge-1', pid: 1187, heartbeatSeconds: 2 });
  daemon.change({ problems: [problem('svc/media/plex', 'other'), problem('svc/a/b')] });
  expect(types(await reading.upTo('SYNCED'))).toEqual([
    'MODIFIED problems PEND svc/media/plex',
    'ADDED problems PEND svc/a/b',
    'SYNCED',
  ]);
  daemon.change({ problems: [problem('svc/a/b')] });
  expect(types(await reading.upTo('SYNCED'))).toEqual(['DELETED problems PEND svc/media/plex', 'SYNCED']);
  expect(reading.replica.rows('problems').size).toBe(1);
});

test('revisions rise with every set of changes, and a later reader begins with the present one', async () => {
  const daemon = new Daemon();
  const first = daemon.open(['problems']);
  await first.upTo('SYNCED');
  const before = first.replica.revision;
  daemon.change({ problems: [] });
  await first.upTo('SYNCED');
  expect(first.replica.revision).toBeGreaterThan(before);
  const second = daemon.open(['problems']);
  await second.upTo('SYNCED');
  expect(second.replica.hello?.revision).toBe(first.replica.revision);
  expect(second.replica.rows('problems').size).toBe(0);
});

test('status changes with what it says, not with clocks and counters', async () => {
  const daemon = new Daemon();
  const reading = daemon.open(['status', 'problems']);
  await reading.upTo('SYNCED');
  daemon.change({ nowMs: nowMs + 60_000, captures: [capture({ requests: 99, answers: 98 })] });
  daemon.change({ problems: [] });
  const told = types(await reading.upTo('SYNCED'));
  expect(told).toEqual(['MODIFIED status status', 'DELETED problems PEND svc/media/plex', 'SYNCED']);
  daemon.change({ nowMs: nowMs + 120_000 });
  daemon.record('later');
  await Bun.sleep(30);
  daemon.change({ problems: [problem('x')] });
  expect(types(await reading.upTo('SYNCED'))).toHaveLength(3);
});

test('counters are told at their own pace, without anything that changed', async () => {
  const daemon = new Daemon({ counterPaceMs: 10 });
  const reading = daemon.open(['interfaces', 'announcements', 'services']);
  await reading.upTo('SYNCED');
  daemon.view = daemonView({ captures: [capture({ requests: 43 })] });
  expect(types(await reading.upTo('SYNCED'))).toEqual(['MODIFIED interfaces eth0', 'SYNCED']);
});

test('nobody reads: nothing is looked at, and nobody listens', async () => {
  const daemon = new Daemon({ counterPaceMs: 5, heartbeatMs: 5 });
  await Bun.sleep(30);
  expect([daemon.looks, daemon.listeners.size]).toEqual([0, 0]);
  const reading = daemon.open(['problems']);
  await reading.upTo('SYNCED');
  expect(daemon.listeners.size).toBe(1);
  await reading.reader.cancel();
  expect(daemon.listeners.size).toBe(0);
  const { looks } = daemon;
  await Bun.sleep(30);
  expect(daemon.looks).toBe(looks);
});

test('the journal is told from its newest entries on, and each new entry once', async () => {
  const daemon = new Daemon();
  const reading = daemon.open(['events', 'history'], 1);
  const first = await reading.upTo('SYNCED');
  expect(types(first)).toEqual(['HELLO', 'ADDED events before 0', 'ADDED history before 0', 'SYNCED']);
  expect(first[1]).toMatchObject({ object: { message: journal[1]?.message } });
  daemon.record('one');
  daemon.record('two');
  const told = await reading.upTo('SYNCED');
  expect(told.flatMap((line) => ('object' in line ? [(line.object as { message: string }).message] : []))).toEqual([
    'one',
    'two',
  ]);
  expect(new Set(reading.replica.rows('events').keys()).size).toBe(3);
});

test('a quiet daemon is heard', async () => {
  const daemon = new Daemon({ heartbeatMs: 10 });
  const reading = daemon.open(['problems']);
  await reading.upTo('SYNCED');
  expect(types(await reading.upTo('HEARTBEAT'))).toContain('HEARTBEAT');
});

test('a reader that is too slow gets the whole state again, once it reads; the queue stays bounded', async () => {
  const daemon = new Daemon({ queueChars: 2000 });
  const reading = daemon.open(['problems']);
  const quick = daemon.open(['problems']);
  await reading.upTo('SYNCED');
  await quick.upTo('SYNCED');
  for (let i = 0; i < 30; i++) {
    daemon.change({ problems: [problem(`svc/a/${i}`, 'x'.repeat(200))] });
    await quick.upTo('SYNCED');
  }
  const lines = await reading.upTo('RESYNC');
  const resync = lines.find((line) => line.type === 'RESYNC');
  expect(resync?.type === 'RESYNC' && resync.lost).toBeGreaterThan(10);
  if (!reading.replica.isWhole) await reading.upTo('SYNCED');
  expect([...reading.replica.rows('problems').keys()]).toEqual(['PEND svc/a/29']);
  expect(reading.replica.revision).toBe(quick.replica.revision);
});

test('a reader that was too slow finds every entry of the journal since it began, not only the newest', async () => {
  const entries: JournalEntry[] = [...journal];
  const daemon = new Daemon({ queueChars: 2000 }, entries);
  const reading = daemon.open(['events'], 1);
  await reading.upTo('SYNCED');
  const quick = daemon.open(['events'], 1);
  await quick.upTo('SYNCED');
  for (let i = 0; i < 30; i++) {
    daemon.record(`entry ${i} ${'x'.repeat(200)}`, entries);
    await quick.upTo('SYNCED');
  }
  await reading.upTo('RESYNC');
  if (!reading.replica.isWhole) await reading.upTo('SYNCED');
  const told = [...reading.replica.rows('events').values()].map(({ message }) => message.split(' x')[0]);
  expect(told).toEqual(['generation 17 applied', ...Array.from({ length: 30 }, (_, i) => `entry ${i}`)]);
});

test('a reader that takes nothing at all is dropped', async () => {
  const daemon = new Daemon({ heartbeatMs: 10, stuckMs: 30 });
  const stream = daemon.hub.open(['problems'], 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = setInterval(() => {
    if (daemon.logged.length > 0) resolve();
  }, 5);
  await promise;
  clearInterval(stop);
  expect(daemon.logged[0]).toContain('dropped');
  expect(daemon.listeners.size).toBe(0);
  expect((await stream?.getReader().read())?.done).toBe(true);
});

test('more readers than may be are refused', () => {
  const daemon = new Daemon({ readers: 2 });
  daemon.open(['problems']);
  daemon.open(['problems']);
  expect(daemon.hub.open(['problems'], 0)).toBeNull();
});

test('what cannot have changed is not compared', async () => {
  const daemon = new Daemon();
  let read = 0;
  const shot = snapshot();
  const pools = shot.desired.pools;
  const watched = {
    ...shot,
    desired: Object.defineProperty({ ...shot.desired }, 'pools', {
      get() {
        read++;
        return pools;
      },
    }),
  };
  daemon.view = daemonView({ snapshot: watched });
  const reading = daemon.open(['pools', 'problems']);
  await reading.upTo('SYNCED');
  const before = read;
  daemon.change({ problems: [] });
  await reading.upTo('SYNCED');
  expect(read).toBe(before);
});

test('rows with one key are told apart', async () => {
  const daemon = new Daemon();
  daemon.view = daemonView({ problems: [problem('config', 'a'), problem('config', 'b')] });
  const reading = daemon.open(['problems']);
  await reading.upTo('SYNCED');
  expect([...reading.replica.rows('problems').keys()]).toEqual(['PEND config', 'PEND config #2']);
});

test('an error while telling is logged, and neither ends the daemon nor the stream', async () => {
  const daemon = new Daemon();
  const rejected: unknown[] = [];
  const note = (reason: unknown) => void rejected.push(reason);
  process.on('unhandledRejection', note);
  try {
    const reading = daemon.open(['problems']);
    await reading.upTo('SYNCED');
    const { view } = daemon;
    Object.defineProperty(daemon, 'view', {
      configurable: true,
      get: () => {
        throw new Error('a bug');
      },
    });
    for (const listener of daemon.listeners) listener.changed();
    await Bun.sleep(50);
    expect(daemon.logged).toEqual(['Control stream: Error: a bug']);
    Object.defineProperty(daemon, 'view', { configurable: true, writable: true, value: view });
    daemon.change({ problems: [problem('svc/a/b')] });
    await reading.upTo('SYNCED');
    expect(rejected).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});

test('a stream whose state cannot be made ends, and leaves its place to others', async () => {
  const daemon = new Daemon({ readers: 2 });
  const { view } = daemon;
  Object.defineProperty(daemon, 'view', {
    configurable: true,
    get: () => {
      throw new Error('a bug');
    },
  });
  for (let i = 0; i < 3; i++) await expect(daemon.open(['problems']).upTo('SYNCED')).rejects.toThrow('a bug');
  Object.defineProperty(daemon, 'view', { configurable: true, writable: true, value: view });
  expect(types(await daemon.open(['pools']).upTo('SYNCED'))).toEqual(['HELLO', 'ADDED pools blue', 'SYNCED']);
});
