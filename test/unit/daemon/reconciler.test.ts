// The loop: loads, evaluates, applies, and keeps what ran when something is refused.
import { describe, expect, test } from 'bun:test';
import { DaemonBackend } from '#daemon/backend.ts';
import { Moves } from '#daemon/moves.ts';
import type { Ready } from '#daemon/ready.ts';
import { Reconciler, type ReconcilerParts } from '#daemon/reconciler.ts';
import { formatAddress } from '#model/address.ts';
import { noCause } from '#model/control-action.ts';
import type { LoadResult } from '#ports.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import {
  configProblem,
  FakeDelivery,
  FakeLinks,
  FakeLog,
  FakeSink,
  FakeSource,
  loaded,
  refused,
} from '../../support/fake-world.ts';
import { MemoryDisk, MemoryStateStore } from '../../support/memory-state-store.ts';
import { address, allocation, memory, networkInterface, nodeConfig, service } from '../../support/objects.ts';
import { simpleEvaluate } from '../../support/simple-evaluate.ts';

const web = service('a/web');
const db = service('a/db');

function world(result: LoadResult, more: Partial<ReconcilerParts> = {}, disk = new MemoryDisk()) {
  const clock = new FakeClock();
  const source = new FakeSource(result);
  const links = new FakeLinks();
  links.list = [networkInterface('eth1')];
  const sink = new FakeSink();
  const state = new MemoryStateStore(disk);
  const delivery = new FakeDelivery();
  const log = new FakeLog();
  const ready: Ready[] = [];
  let evaluations = 0;
  const moves: Moves = new Moves({ store: () => reconciler.store, onChange: () => reconciler.trigger() });
  const reconciler: Reconciler = new Reconciler({
    source,
    links,
    sink,
    state,
    delivery,
    log,
    clock,
    parse: async (documents) => loaded(documents[0]?.text ?? '', { services: [web] }),
    paths: ['/etc/lanlord'],
    strictConfig: false,
    nodeName: null,
    drained: () => moves.isDrained,
    evaluate: (observed) => {
      evaluations++;
      return simpleEvaluate(observed);
    },
    onReady: (report) => ready.push(report),
    ...more,
  });
  const captures = () => sink.report();
  const parts = {
    reconciler,
    captures,
    ask: async () => null,
    traffic: () => ({ frames: [], next: '', lost: [], skipped: [], kernelDrops: [] }),
    announce: (ip: string) => announcedAgain(ip),
    moves,
    journal: (n: number) => state.journal(n),
    clock,
    pid: 7,
    version: 'v',
    paths: [],
  };
  const announcedAgain = (ip: string) =>
    (sink.applied.at(-1)?.announcements ?? []).flatMap((row) =>
      formatAddress(row.address) === ip ? [row.interface] : [],
    );
  const backend = new DaemonBackend(parts);
  const announced = () =>
    (sink.applied.at(-1)?.announcements ?? []).map((row) => `${formatAddress(row.address)}%${row.interface}`);
  const kinds = () => state.disk.journal.map((entry) => entry.kind);
  const codes = () => backend.view().problems.map((problem) => problem.code);
  return {
    clock,
    source,
    links,
    sink,
    state,
    delivery,
    log,
    ready,
    reconciler,
    backend,
    announced,
    kinds,
    codes,
    evaluations: () => evaluations,
  };
}

describe('Reconciler.start()', () => {
  test('applies the first evaluation and then says that it is ready, once', async () => {
    const { reconciler, ready, announced, backend } = world(loaded('1', { services: [web] }));
    expect(await reconciler.start()).toEqual({ ok: true });
    expect(announced()).toEqual(['10.0.0.1%eth1']);
    expect(ready).toEqual([{ node: 'node-1', generation: 1, open: ['eth1'], denied: [], others: [] }]);
    expect(backend.view()).toMatchObject({ node: 'node-1', generation: 1, configValid: true, pid: 7, problems: [] });
  });

  test('never evaluates before the source has answered', async () => {
    const w = world(loaded('1', { services: [web] }));
    let open = () => {};
    w.source.gate = new Promise((resolve) => {
      open = resolve;
    });
    const started = w.reconciler.start();
    w.reconciler.trigger();
    await w.clock.advance(60_000);
    expect(w.evaluations()).toBe(0);
    expect(w.sink.applied).toEqual([]);
    open();
    await started;
    expect(w.evaluations()).toBe(1);
  });

  test('readiness waits for links to settle, but not for ever', async () => {
    const w = world(loaded('1'));
    w.sink.settle = new Promise(() => {});
    const started = w.reconciler.start();
    await w.clock.advance(100);
    expect(w.ready).toEqual([]);
    await w.clock.advance(10_000);
    await started;
    expect(w.ready.length).toBe(1);
  });

  test('gives back the problems when nothing was ever applied', async () => {
    const { reconciler, sink } = world(refused('bad'));
    expect(await reconciler.start()).toMatchObject({ ok: false, problems: [{ message: 'bad' }] });
    expect(sink.applied).toEqual([]);
  });

  test('starts from the last applied configuration and says so', async () => {
    const disk = new MemoryDisk();
    await world(loaded('good', { services: [web] }), {}, disk).reconciler.start();
    const w = world(refused('bad'), {}, disk);
    expect(await w.reconciler.start()).toEqual({ ok: true });
    expect(w.announced()).toEqual(['10.0.0.1%eth1']);
    expect(w.backend.view()).toMatchObject({ generation: 1, configValid: false, configProblems: [{ message: 'bad' }] });
    expect(w.backend.view().problems).toMatchObject([
      { code: 'STALE-CFG', severity: 'critical', object: 'config', hint: 'fix it' },
    ]);
    w.source.result = loaded('good', { services: [web] });
    expect((await w.reconciler.reload(noCause('test'))).generation).toBe(1);
    expect(w.codes()).toEqual([]);
    expect(w.backend.view().configValid).toBe(true);
  });

  test('strictConfig refuses the last applied configuration', async () => {
    const disk = new MemoryDisk();
    await world(loaded('good', { services: [web] }), {}, disk).reconciler.start();
    expect((await world(refused('bad'), { strictConfig: true }, disk).reconciler.start()).ok).toBe(false);
  });

  test('another set of paths does not start from this one', async () => {
    const disk = new MemoryDisk();
    await world(loaded('good', { services: [web] }), {}, disk).reconciler.start();
    expect((await world(refused('bad'), { paths: ['/elsewhere'] }, disk).reconciler.start()).ok).toBe(false);
  });

  test('keeps addresses and the generation across a restart', async () => {
    const disk = new MemoryDisk();
    disk.memory = memory([allocation('a/web', '10.0.0.77')]);
    const first = world(loaded('1', { services: [web] }), {}, disk);
    await first.reconciler.start();
    expect(first.announced()).toEqual(['10.0.0.77%eth1']);
    expect(first.kinds()).not.toContain('allocation.given');
    const second = world(loaded('1', { services: [web] }), {}, disk);
    await second.reconciler.start();
    expect(second.announced()).toEqual(['10.0.0.77%eth1']);
    expect(second.backend.view().generation).toBe(1);
    const third = world(loaded('2', { services: [web] }), {}, disk);
    await third.reconciler.start();
    expect(third.backend.view().generation).toBe(2);
  });

  test('an address is on disk before it is announced', async () => {
    const w = world(loaded('1', { services: [web] }));
    w.sink.onApply = () => expect(w.state.disk.memory?.allocations.length).toBe(1);
    await w.reconciler.start();
    expect(w.sink.applied.length).toBe(1);
  });

  test('reads statuses as hints in the first round alone', async () => {
    const adopts: boolean[] = [];
    const w = world(loaded('1', { services: [web] }), {
      evaluate: (observed) => {
        adopts.push(observed.options.adoptStatus);
        return simpleEvaluate(observed);
      },
    });
    await w.reconciler.start();
    w.source.result = loaded('2', { services: [web, db] });
    await w.reconciler.reload(noCause('test'));
    expect(adopts).toEqual([true, false]);
  });
});

describe('Reconciler.reload()', () => {
  test('counts what was added, changed, removed and moved', async () => {
    const w = world(loaded('1', { services: [web, db, service('a/old')] }));
    await w.reconciler.start();
    const moved = service('a/web', { annotations: { ip: '10.0.0.9' } });
    w.source.result = loaded('2', { services: [moved, db, service('a/new')] });
    const outcome = await w.reconciler.reload(noCause('SIGHUP'));
    expect(outcome).toMatchObject({ ok: true, generation: 2, added: 1, changed: 1, removed: 1, moved: 1 });
    expect(outcome.message).toBe('generation 2 applied: 1 added, 1 changed, 1 removed, 1 VIPs moved');
    expect(w.kinds()).toContain('config.applied');
    expect(w.kinds().filter((kind) => kind === 'allocation.moved').length).toBe(1);
    expect(w.kinds().filter((kind) => kind === 'allocation.released').length).toBe(1);
  });

  test('of the same documents changes nothing, not even the generation', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    const { snapshot, leading, loadedMs } = w.backend.view();
    const outcome = await w.reconciler.reload(noCause('SIGHUP'));
    expect(outcome.message).toBe('generation 1 applied: 0 added, 0 changed, 0 removed, 0 VIPs moved');
    expect(w.backend.view().leading).toEqual(leading);
    expect(w.backend.view().loadedMs).toBe(loadedMs);
    expect(w.backend.view().snapshot?.desired.announcements).toEqual(snapshot?.desired.announcements);
    expect(w.kinds().filter((kind) => kind === 'config.applied')).toEqual([]);
  });

  test('with document errors keeps state and generation, and says where', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.source.result = refused('unknown field');
    const outcome = await w.reconciler.reload(noCause('SIGHUP'));
    expect(outcome).toMatchObject({ ok: false, generation: 1, problems: [{ message: 'unknown field' }] });
    expect(outcome.message).toContain('/etc/lanlord/a.yaml:3:5: unknown field');
    expect(w.announced()).toEqual(['10.0.0.1%eth1']);
    expect(w.codes()).toEqual(['STALE-CFG']);
    expect(w.backend.view().configValid).toBe(false);
    w.links.list = [networkInterface('eth1'), networkInterface('eth2')];
    w.links.changed();
    await w.clock.advance(50);
    expect(w.announced()).toEqual(['10.0.0.1%eth1', '10.0.0.1%eth2']);
    expect(w.codes()).toEqual(['STALE-CFG']);
  });

  test('refused twice for the same mistake is one event', async () => {
    const w = world(loaded('1'));
    await w.reconciler.start();
    const refusals = () => w.kinds().filter((kind) => kind === 'config.refused').length;
    w.source.result = refused('bad');
    await w.reconciler.reload(noCause('SIGHUP'));
    await w.reconciler.reload(noCause('file change'));
    expect(refusals()).toBe(1);
    w.source.result = refused('worse');
    await w.reconciler.reload(noCause('file change'));
    expect(refusals()).toBe(2);
  });

  test('whose load throws leaves what ran before', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.source.gate = Promise.reject(new Error('boom'));
    expect(await w.reconciler.reload(noCause('file change'))).toMatchObject({ ok: false, generation: 1 });
    expect(w.codes()).toEqual(['BUG']);
    w.source.gate = null;
    expect((await w.reconciler.reload(noCause('file change'))).ok).toBe(true);
    expect(w.codes()).toEqual([]);
  });

  test('of a vanished path frees nothing', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.source.result = refused('no such path', true);
    expect((await w.reconciler.reload(noCause('file change'))).ok).toBe(false);
    expect(w.announced()).toEqual(['10.0.0.1%eth1']);
    expect(w.state.saves.at(-1)?.allocations.length).toBe(1);
    expect(w.backend.view().problems[0]?.message).toContain('gone');
  });

  test('of an explicit empty file is obeyed', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.source.result = loaded('');
    expect(await w.reconciler.reload(noCause('file change'))).toMatchObject({ ok: true, removed: 1 });
    expect(w.announced()).toEqual([]);
    expect(w.kinds()).toContain('leader.lost');
  });

  test('calls that come during a load share the next one', async () => {
    const w = world(loaded('1'));
    await w.reconciler.start();
    const before = w.source.loads;
    const outcomes = await Promise.all([1, 2, 3, 4].map((n) => w.reconciler.reload(noCause(`cause ${n}`))));
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    expect(w.source.loads - before).toBeLessThanOrEqual(2);
  });

  test('changes of links are applied while a long load runs', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    let open = () => {};
    w.source.gate = new Promise((resolve) => {
      open = resolve;
    });
    const reloading = w.reconciler.reload(noCause('SIGHUP'));
    w.links.list = [networkInterface('eth2')];
    w.links.changed();
    await w.clock.advance(50);
    expect(w.announced()).toEqual(['10.0.0.1%eth2']);
    open();
    expect((await reloading).ok).toBe(true);
  });

  test('an evaluation that throws leaves what ran before', async () => {
    let broken = false;
    const w = world(loaded('1', { services: [web] }), {
      evaluate: (observed) => {
        if (broken) throw new Error('boom');
        return simpleEvaluate(observed);
      },
    });
    await w.reconciler.start();
    broken = true;
    w.source.result = loaded('2', { services: [] });
    expect(await w.reconciler.reload(noCause('SIGHUP'))).toMatchObject({ ok: false, generation: 1 });
    expect(w.announced()).toEqual(['10.0.0.1%eth1']);
    expect(w.codes()).toEqual(['BUG']);
    broken = false;
    expect(await w.reconciler.reload(noCause('SIGHUP'))).toMatchObject({ ok: true, generation: 2 });
    expect(w.codes()).toEqual([]);
  });
});

describe('Reconciler: what changes by itself', () => {
  test('many link changes at once are one round', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    const before = w.sink.applied.length;
    for (let i = 0; i < 20; i++) w.links.changed();
    await w.clock.advance(50);
    expect(w.sink.applied.length - before).toBe(1);
  });

  test('a link that goes down and comes back is journalled, and its term rises', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    expect(w.backend.view().leading.get('10.0.0.1%eth1')?.term).toBe(1);
    for (const up of [false, true]) {
      w.links.list = [networkInterface('eth1', { up })];
      w.links.changed();
      await w.clock.advance(1000);
    }
    expect(w.kinds().filter((kind) => kind !== 'daemon.started' && kind !== 'allocation.given')).toEqual([
      'leader.acquired',
      'link.down',
      'leader.lost',
      'link.up',
      'leader.acquired',
    ]);
    expect(w.backend.view().leading.get('10.0.0.1%eth1')?.term).toBe(2);
  });

  test('a lost trigger is made up for by the resync', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.links.list = [networkInterface('eth9')];
    await w.clock.advance(30_000);
    expect(w.announced()).toEqual(['10.0.0.1%eth9']);
  });

  test('a resync without change evaluates no more, but hands the appliers their set again', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    await w.clock.advance(40_000);
    const evaluations = w.evaluations();
    const applied = w.sink.applied.length;
    await w.clock.advance(90_000);
    expect(w.evaluations()).toBe(evaluations);
    expect(w.sink.applied.length).toBe(applied + 3);
  });

  test('a file change is applied only when reload.watch says so', async () => {
    const w = world(loaded('1', { services: [web] }, { reload: { watch: false } }));
    await w.reconciler.start();
    w.source.result = loaded('2', {});
    expect(w.backend.view().isDiskNewer).toBe(false);
    w.source.changed();
    await settle();
    expect(w.announced()).toEqual(['10.0.0.1%eth1']);
    expect(w.backend.view().isDiskNewer).toBe(true);
    await w.reconciler.reload(noCause('test'));
    expect(w.backend.view().isDiskNewer).toBe(false);
    expect(w.announced()).toEqual([]);
    const v = world(loaded('1', { services: [web] }));
    await v.reconciler.start();
    v.source.result = loaded('2', {});
    v.source.changed();
    await settle();
    expect(v.announced()).toEqual([]);
  });

  test('a state store that cannot write is a problem while it lasts, and nothing else', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.state.faultText = 'disk full';
    await w.clock.advance(30_000);
    const since = w.backend.view().problems[0]?.sinceMs;
    expect(w.codes()).toEqual(['STATE']);
    await w.clock.advance(30_000);
    expect(w.backend.view().problems[0]?.sinceMs).toBe(since as number);
    expect(w.announced()).toEqual(['10.0.0.1%eth1']);
    w.state.faultText = null;
    await w.clock.advance(30_000);
    expect(w.codes()).toEqual([]);
    expect(w.kinds().filter((kind) => kind.startsWith('state.'))).toEqual(['state.fault', 'state.recovered']);
  });

  test('a denied link shows in the view without a round', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    w.sink.captures.set('eth1', 'denied');
    expect(w.codes()).toEqual(['CAP', 'NOBODY']);
  });

  test('delivery gets the candidates of this node when it is local, and nothing otherwise', async () => {
    const w = world(loaded('1', { services: [web] }, { delivery: 'local' }));
    await w.reconciler.start();
    expect(w.delivery.wanted).toEqual(['10.0.0.1']);
    w.source.result = loaded('2', { services: [web] });
    await w.reconciler.reload(noCause('test'));
    expect(w.delivery.wanted).toEqual([]);
  });

  test('a start with thousands of addresses does not flood the journal', async () => {
    const services = Array.from({ length: 200 }, (_, i) => service(`a/s${i}`));
    const w = world(loaded('1', { services }));
    w.links.list = Array.from({ length: 20 }, (_, i) => networkInterface(`eth${i}`));
    await w.reconciler.start();
    expect(w.backend.view().leading.size).toBe(4000);
    const acquired = w.state.disk.journal.filter((entry) => entry.kind === 'leader.acquired');
    expect(acquired).toMatchObject([{ object: 'many', fields: { count: 4000 } }]);
  });

  test('the configured node name yields to the one of the command line', async () => {
    const config = { node: { name: 'from-file', labels: { rack: '1' } } };
    const w = world(loaded('1', {}, { ...nodeConfig(), ...config }), { nodeName: 'from-flag' });
    await w.reconciler.start();
    expect(w.backend.view().snapshot?.observed.node).toEqual({
      name: 'from-flag',
      isNamed: true,
      labels: { 'kubernetes.io/hostname': 'from-flag', rack: '1' },
    });
  });

  test('stop() closes everything and writes it down last', async () => {
    const w = world(loaded('1', { services: [web] }));
    await w.reconciler.start();
    await w.reconciler.stop();
    await w.reconciler.stop();
    expect([w.source.closed, w.links.closed, w.sink.closed, w.delivery.restored, w.state.closed]).toEqual(
      Array(5).fill(true),
    );
    expect(w.kinds().filter((kind) => kind === 'daemon.stopped').length).toBe(1);
    await w.clock.advance(60_000);
    expect(w.sink.applied.length).toBe(1);
  });
});

describe('who asked', () => {
  const ada = { uid: 1000, gid: 1000, pid: 7, user: 'ada', command: 'curl' };
  const last = (w: ReturnType<typeof world>) => w.state.disk.journal.at(-1);

  test('a reload that was asked for says who did it, and what came of it', async () => {
    const w = world(loaded('a', { services: [web] }));
    await w.reconciler.start();
    expect(last(w)?.kind).not.toBe('config.applied');
    w.source.result = loaded('b', { services: [web, db] });
    await w.backend.reload({ text: 'lanlord reload', by: ada });
    const entry = w.state.disk.journal.findLast(({ kind }) => kind === 'config.applied');
    expect(entry?.message).toEndWith('(lanlord reload by ada)');
    expect(entry?.fields).toMatchObject({ generation: 2, cause: 'lanlord reload', by: 'ada', uid: 1000, errors: 0 });
    w.source.result = refused('no such field');
    await w.backend.reload({ text: 'lanlord reload', by: { ...ada, user: null } });
    expect(last(w)).toMatchObject({ kind: 'config.refused', fields: { generation: 2, by: 'uid 1000', errors: 1 } });
  });

  test('a mistake in an object is told with its place at a start and at every change, though the rest is applied', async () => {
    const mistake = configProblem('bad block', { scope: 'object', line: 7, column: 11 });
    const meh = configProblem('meh', { scope: 'object', severity: 'warning' });
    const w = world({ ...loaded('1'), problems: [meh, mistake, mistake] });
    await w.reconciler.start();
    expect(w.state.disk.journal.find(({ kind }) => kind === 'daemon.started')).toMatchObject({
      severity: 'warning',
      message:
        'Started with generation 1, with a mistake at /etc/lanlord/a.yaml:7:11: bad block (and 1 more, see: lanlord check)',
    });
    w.source.result = { ...loaded('2'), problems: [meh] };
    await w.reconciler.reload(noCause('test'));
    expect(last(w)).toMatchObject({ severity: 'info', message: expect.not.stringContaining('mistake') });
  });

  test('a start and a reload that nobody asked for say so', async () => {
    const w = world(loaded('a', { services: [web] }));
    await w.reconciler.start();
    const entry = w.state.disk.journal.find(({ kind }) => kind === 'daemon.started');
    expect(entry?.fields).toMatchObject({ generation: 1, cause: 'start', by: null, uid: null });
  });

  test('actions are recorded with who asked, also those that are refused', async () => {
    const w = world(loaded('a', { services: [web] }));
    await w.reconciler.start();
    expect(await w.backend.act({ kind: 'failover', address: address('192.0.2.1'), to: 'edge-2' }, ada)).toMatchObject({
      ok: false,
      code: 'LL-ACT-001',
    });
    expect(last(w)).toMatchObject({
      kind: 'action.failover',
      object: 'ip/192.0.2.1',
      message: 'failover 192.0.2.1 to edge-2 by ada: refused: There is no other node: the election mode is solo',
      fields: { by: 'ada', uid: 1000, pid: 7, ok: false },
    });
    expect(await w.backend.act({ kind: 'announce', address: address('192.0.2.77') }, null)).toMatchObject({
      ok: false,
    });
  });

  test('a drained box announces nothing by the time the answer comes, says so, and answers again when undrained', async () => {
    const w = world(loaded('a', { services: [web] }));
    await w.reconciler.start();
    const before = w.announced();
    expect(before).not.toEqual([]);
    const draining = w.backend.act({ kind: 'drain', node: null }, ada);
    await w.clock.advance(50);
    expect(await draining).toMatchObject({ ok: true });
    expect(w.announced()).toEqual([]);
    expect(w.codes()).toContain('DRAINED');
    const back = w.backend.act({ kind: 'undrain', node: null }, ada);
    await w.clock.advance(50);
    expect((await back).ok).toBe(true);
    expect(w.announced()).toEqual(before);
    expect(w.codes()).not.toContain('DRAINED');
  });
});
