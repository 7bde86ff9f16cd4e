import { beforeEach, describe, expect, test } from 'bun:test';
import type { CaptureThread } from '#capture/capture-process.ts';
import { gauge } from '#capture/gauges.ts';
import { CaptureSupervisor } from '#capture/supervisor.ts';
import type { WorkerNews, WorkerOrder } from '#capture/worker-messages.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { CaptureTarget } from '#ports.ts';
import { createTable } from '#table/layout.ts';
import { createSharedText, SharedTextReader } from '#table/shared-text.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLog } from '../../support/fake-world.ts';

const { announce } = defaultNodeConfig('a');
const led = { group: 128, phase: 'active', term: 1, sinceMs: 0, priority: 254, leader: null } as const;
const leads: WorkerNews = {
  kind: 'election',
  news: { kind: 'groups', groups: [{ ...led, provisionalUntilMs: 0, refused: '' }] },
};

class FakeThread implements CaptureThread {
  onmessage: CaptureThread['onmessage'] = null;
  onerror: CaptureThread['onerror'] = null;
  order: WorkerOrder | null = null;

  postMessage(order: WorkerOrder): void {
    this.order = order;
  }

  says(news: WorkerNews): void {
    this.onmessage?.({ data: news });
  }
}

/** The supervisor, with threads and descriptors that a test plays. */
class Stage {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly threads: FakeThread[] = [];
  readonly news: ElectionNews[] = [];
  readonly openFds = new Set<number>();
  hasFds = true;
  readonly supervisor: CaptureSupervisor;
  #nextFd = 10;

  constructor() {
    this.supervisor = new CaptureSupervisor({
      clock: this.clock,
      log: this.log,
      doorbells: {
        open: () => {
          if (!this.hasFds) throw new Error('Cannot make a wake-up descriptor: Too many open files');
          this.openFds.add(this.#nextFd);
          return this.#nextFd++;
        },
        ring: () => {},
        close: (fd) => void this.openFds.delete(fd),
      },
      spawn: () => {
        const thread = new FakeThread();
        this.threads.push(thread);
        return thread;
      },
      onChange: () => {},
      onElection: (_, news) => void this.news.push(news),
    });
  }

  get thread(): FakeThread {
    const thread = this.threads.at(-1);
    if (!thread) throw new Error('no thread was started');
    return thread;
  }

  get groups(): readonly number[] | undefined {
    const last = this.news.findLast(({ kind }) => kind === 'groups');
    return last?.kind === 'groups' ? last.groups.map(({ group }) => group) : undefined;
  }
}

function target(more: Partial<CaptureTarget> = {}): CaptureTarget {
  const election = createSharedText(64);
  return { interface: 'eth0', index: 2, mac: '02:00:00:00:00:01', up: true, table: createTable(1), election, ...more };
}

let stage = new Stage();
beforeEach(() => {
  stage = new Stage();
});

describe('workers of interfaces', () => {
  test('nothing is led on an interface that is not captured on any more, whatever its worker still says', () => {
    stage.supervisor.apply([target()], announce);
    stage.thread.says({ kind: 'open', faults: [] });
    stage.thread.says(leads);
    expect(stage.groups).toEqual([128]);
    stage.supervisor.apply([], announce);
    expect(stage.groups).toEqual([]);
    stage.thread.says(leads);
    stage.thread.says({ kind: 'stopped' });
    expect(stage.groups).toEqual([]);
  });

  test('other settings of announcements reach workers that run; none is replaced, and what they lead is not given up', () => {
    const links = [target(), target({ interface: 'eth1', index: 3 })];
    stage.supervisor.apply(links, announce);
    for (const thread of stage.threads) thread.says({ kind: 'open', faults: [] });
    for (const thread of stage.threads) thread.says(leads);
    const readers = stage.threads.map(({ order }) => new SharedTextReader(order?.announce ?? expect.unreachable()));
    for (const reader of readers) expect(JSON.parse(reader.take() ?? '')).toEqual(announce);
    stage.supervisor.apply(links, { ...announce, refreshMs: 1000 });
    for (const reader of readers) expect(JSON.parse(reader.take() ?? '')).toEqual({ ...announce, refreshMs: 1000 });
    stage.supervisor.apply(links, { ...announce, refreshMs: 1000 });
    for (const reader of readers) expect(reader.take()).toBeNull();
    expect(stage.threads).toHaveLength(2);
    expect(stage.groups).toEqual([128]);
  });

  test('the longest settings of announcements that a configuration can have fit', () => {
    const longest = {
      burstMs: Array(16).fill(59_999.999_999_999),
      refreshMs: 86_399_999.9,
      maxFramesPerSecond: 100_000,
    };
    stage.supervisor.apply([target()], longest);
    const reader = new SharedTextReader(stage.thread.order?.announce ?? expect.unreachable());
    expect(JSON.parse(reader.take() ?? '')).toEqual(longest);
  });

  test('frames that could not be sent are counted', () => {
    stage.supervisor.apply([target()], announce);
    Atomics.add(new Uint32Array(stage.thread.order?.gauges ?? new SharedArrayBuffer(64)), gauge.sendErrors, 3);
    expect(stage.supervisor.states()).toMatchObject([{ sendErrors: 3 }]);
  });

  test('the last words of a worker do not take away what its successor leads', () => {
    stage.supervisor.apply([target()], announce);
    const first = stage.thread;
    first.says(leads);
    stage.supervisor.apply([target({ index: 3 })], announce);
    stage.thread.says(leads);
    first.says({ kind: 'stopped' });
    expect(stage.groups).toEqual([128]);
  });

  test('a thousand interfaces that come and go leave no descriptor open', () => {
    for (let index = 2; index < 1002; index++) {
      stage.supervisor.apply([target({ index })], announce);
      const { thread } = stage;
      if (index % 3 === 0) thread.says({ kind: 'failed', capture: 'gone', detail: 'No such device' });
      else if (index % 3 === 1) thread.says({ kind: 'lost', detail: 'The interface disappeared' });
      stage.supervisor.apply([], announce);
      thread.says({ kind: 'stopped' });
    }
    expect([...stage.openFds]).toEqual([]);
  });

  test('without a descriptor for its worker an interface is reported, and tried again', async () => {
    stage.hasFds = false;
    stage.supervisor.apply([target()], announce);
    expect(stage.supervisor.states()).toMatchObject([{ capture: 'gone' }]);
    expect(stage.supervisor.states()[0]?.detail).toContain('Too many open files');
    await stage.supervisor.settled();
    stage.hasFds = true;
    await stage.clock.advance(200);
    stage.thread.says({ kind: 'open', faults: [] });
    expect(stage.supervisor.states()).toMatchObject([{ capture: 'open' }]);
  });
});
