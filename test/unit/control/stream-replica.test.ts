import { expect, test } from 'bun:test';
import type { Items } from '#control/protocol.ts';
import type { StreamHello, StreamLine } from '#control/stream-protocol.ts';
import { StreamReplica } from '#control/stream-replica.ts';

const time = '2026-11-23T03:07:21.000Z';
const hello: StreamHello = {
  type: 'HELLO',
  apiVersion: 'lanlord.dev/v1',
  node: 'edge-1',
  version: '1.0.0',
  pid: 1187,
  startedAt: time,
  kinds: ['problems', 'events'],
  heartbeatSeconds: 2,
  revision: 4,
  time,
};

function problem(object: string, message = 'm'): Items['problems'] {
  return { code: 'PEND', severity: 'warning', object, message, since: time, hint: '' };
}

function change(type: 'ADDED' | 'MODIFIED' | 'DELETED', key: string, message = 'm', revision = 5): StreamLine {
  return { type, kind: 'problems', key, revision, object: problem(key, message) };
}

function replica(...lines: readonly StreamLine[]): StreamReplica {
  const made = new StreamReplica(3);
  for (const line of [hello, ...lines]) made.apply(line);
  return made;
}

test('rows are added, replaced and taken out by their keys', () => {
  const one = replica(
    change('ADDED', 'a'),
    change('ADDED', 'b'),
    change('MODIFIED', 'a', 'new'),
    change('DELETED', 'b'),
  );
  expect([...one.rows('problems')]).toEqual([['a', problem('a', 'new')]]);
  expect(one.revision).toBe(5);
});

test('a state is whole from SYNCED on, and not while it is told anew', () => {
  const one = replica(change('ADDED', 'a'));
  expect(one.isWhole).toBe(false);
  one.apply({ type: 'SYNCED', revision: 5, time });
  expect(one.isWhole).toBe(true);
  one.apply({ type: 'RESYNC', revision: 9, time, lost: 12 });
  expect(one.isWhole).toBe(false);
  expect(one.rows('problems').size).toBe(0);
});

test('what changed is told once', () => {
  const one = replica(change('ADDED', 'a'));
  expect([...one.takeChanged()]).toEqual(['problems', 'events']);
  expect([...one.takeChanged()]).toEqual([]);
  one.apply({ type: 'HEARTBEAT', revision: 5, time });
  expect([...one.takeChanged()]).toEqual([]);
  one.apply(change('DELETED', 'a'));
  expect([...one.takeChanged()]).toEqual(['problems']);
});

test('a journal is kept up to its bound, the newest of it', () => {
  const one = replica();
  const object = { time, kind: 'x', severity: 'info', object: 'o', message: '', fields: {} } as const;
  for (let at = 1; at <= 5; at++) one.apply({ type: 'ADDED', kind: 'events', key: String(at), revision: at, object });
  expect([...one.rows('events').keys()]).toEqual(['3', '4', '5']);
});

test('another daemon begins with nothing', () => {
  const one = replica(change('ADDED', 'a'), { ...hello, pid: 2, revision: 1 });
  expect(one.rows('problems').size).toBe(0);
  expect(one.hello?.pid).toBe(2);
  expect(one.revision).toBe(1);
});
