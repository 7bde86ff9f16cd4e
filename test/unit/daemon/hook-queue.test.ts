import { describe, expect, test } from 'bun:test';
import { HookQueue } from '#daemon/hook-queue.ts';
import type { HookEvent, HookTransition } from '#model/hook-event.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { HookRun } from '#ports/hooks.ts';

function event(ip: string, name: HookTransition): HookEvent {
  const rest = { services: ['default/web'], virtualRouterId: 51, priority: 254, node: 'edge-1', other: null };
  return { event: name, ip, interface: 'eth1', time: '2026-01-01T00:00:00.000Z', cause: 'silence', ...rest };
}

/** Calls that run until they are ended by hand. */
function bench(form: NodeConfig['hooks']['arguments'] = 'json') {
  const started: HookRun[] = [];
  const ends: ((fault: string | null) => void)[] = [];
  const logged: string[] = [];
  const queue = new HookQueue(
    (run) => {
      started.push(run);
      return new Promise((resolve) => ends.push(resolve));
    },
    { write: (_, message) => logged.push(message) },
  );
  queue.configure({ onChange: '/etc/lanlord/hook', timeoutMs: 10_000, arguments: form });
  const end = async (index: number, fault: string | null = null) => {
    ends[index]?.(fault);
    await Bun.sleep(0);
  };
  return { queue, started, logged, end };
}

describe('calls of the hook', () => {
  test('one address: one after the other, in order', async () => {
    const { queue, started, end } = bench();
    queue.add([event('192.0.2.1', 'leader'), event('192.0.2.1', 'standby')]);
    expect(started.map(({ args }) => args[0])).toEqual(['leader']);
    await end(0);
    expect(started.map(({ args }) => args[0])).toEqual(['leader', 'standby']);
  });

  test('several addresses: at the same time, but only a few', async () => {
    const { queue, started, end } = bench();
    queue.add(Array.from({ length: 10 }, (_, i) => event(`192.0.2.${i}`, 'leader')));
    expect(started).toHaveLength(4);
    await end(2);
    expect(started.map(({ args }) => args[1])).toEqual([
      '192.0.2.0',
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
      '192.0.2.4',
    ]);
  });

  test('JSON tells everything, on one line', () => {
    const { queue, started } = bench();
    queue.add([event('192.0.2.1', 'leader')]);
    const [call] = started;
    expect(call?.stdin.endsWith('}\n')).toBe(true);
    expect(JSON.parse(call?.stdin ?? '')).toMatchObject({
      kind: 'HookEvent',
      event: 'leader',
      ip: '192.0.2.1',
      cause: 'silence',
    });
  });

  test("keepalived's scripts get its words, and hear nothing of conflicts", () => {
    const { queue, started } = bench('keepalived');
    queue.add([event('192.0.2.1', 'leader'), event('192.0.2.2', 'conflict'), event('192.0.2.3', 'standby')]);
    expect(started.map(({ args }) => args.join(' '))).toEqual([
      'INSTANCE 192.0.2.1 MASTER 254',
      'INSTANCE 192.0.2.3 BACKUP 254',
    ]);
  });

  test('a failure is logged and does not stop the next one', async () => {
    const { queue, started, logged, end } = bench();
    queue.add([event('192.0.2.1', 'leader'), event('192.0.2.1', 'standby')]);
    await end(0, 'exit code 1');
    expect(logged).toEqual(['Hook "/etc/lanlord/hook" for leader of 192.0.2.1: exit code 1']);
    expect(started).toHaveLength(2);
  });

  test('without a hook nothing is kept', () => {
    const { queue, started } = bench();
    queue.configure({ onChange: '', timeoutMs: 10_000, arguments: 'json' });
    queue.add([event('192.0.2.1', 'leader')]);
    queue.configure({ onChange: '/hook', timeoutMs: 10_000, arguments: 'json' });
    queue.add([]);
    expect(started).toEqual([]);
  });

  test('settled() waits for what runs, for so long at most', async () => {
    const { queue, end } = bench();
    await queue.settled(5000);
    queue.add([event('192.0.2.1', 'leader')]);
    let isSettled = false;
    const settled = queue.settled(5000).then(() => {
      isSettled = true;
    });
    await Bun.sleep(0);
    expect(isSettled).toBe(false);
    await end(0);
    await settled;
    queue.add([event('192.0.2.1', 'standby')]);
    await queue.settled(1);
  });

  test('that wait are dropped when the hook is taken out of the configuration', async () => {
    const { queue, started, logged, end } = bench();
    queue.add([event('192.0.2.1', 'leader'), event('192.0.2.1', 'standby')]);
    queue.configure({ onChange: '', timeoutMs: 10_000, arguments: 'json' });
    await end(0);
    expect([started.length, logged]).toEqual([1, []]);
  });
});
