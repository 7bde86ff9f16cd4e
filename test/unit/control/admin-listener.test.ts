import { afterEach, beforeEach, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdminParts, listenAdmin } from '#control/admin-listener.ts';
import type { Caller } from '#model/control-action.ts';

const caller: Caller = { uid: 1000, gid: 1000, pid: 7, user: 'ada', command: 'curl' };
let directory: string;
let path: string;
const closers: (() => void)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lanlord-admin-'));
  path = join(directory, 'admin.sock');
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
  rmSync(directory, { recursive: true, force: true });
});

function listen(handle: AdminParts['handle']): () => void {
  const close = listenAdmin({
    path,
    handle,
    callerOf: (fd) => (fd > 2 ? caller : null),
    onError: (error) => new Response(String(error), { status: 500 }),
    onBad: (status, message) => Response.json({ message }, { status }),
  });
  closers.push(close);
  return close;
}

const ask = (target: string, init: RequestInit = {}) => fetch(`http://lanlord${target}`, { unix: path, ...init });

/** A connection that writes what it is told and keeps what it reads. */
async function raw(...pieces: readonly string[]): Promise<string> {
  const socket: Socket = connect(path);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  for (const piece of pieces) {
    socket.write(piece);
    await Bun.sleep(5);
  }
  await closed;
  return text;
}

test('a request is answered, and who asked is told', async () => {
  listen((request, who) => Response.json({ url: request.url, method: request.method, who }, { status: 201 }));
  const answer = await ask('/v1/x?a=1%20b', { method: 'POST' });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(await answer.json()).toEqual({ url: 'http://lanlord/v1/x?a=1%20b', method: 'POST', who: caller });
});

test('requests come in any pieces, one per connection', async () => {
  let asked = 0;
  listen(() => new Response(`answer ${++asked}`));
  expect(await raw('PO', 'ST / HT', 'TP/1.1\r\ncontent-length: 4\r\n\r', '\nab', 'cd')).toEndWith('\r\n\r\nanswer 1');
  expect(await raw('GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n')).toEndWith('answer 2');
  expect(asked).toBe(2);
});

test('what is no request is refused and asked of nobody; what throws is an error, and the listener goes on', async () => {
  let asked = 0;
  listen(() => {
    asked++;
    throw new Error('a bug');
  });
  expect(await raw('hello\r\n\r\n')).toStartWith('HTTP/1.1 400 ');
  expect(asked).toBe(0);
  const answer = await ask('/');
  expect([answer.status, await answer.text()]).toEqual([500, 'Error: a bug']);
  expect((await ask('/')).status).toBe(500);
});

test('a long answer reaches a slow reader whole, and is made no faster than it reads', async () => {
  const piece = new Uint8Array(64 * 1024).fill(97);
  let made = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (made++ < 100) controller.enqueue(piece);
    else controller.close();
  };
  listen(() => new Response(new ReadableStream({ pull }, { highWaterMark: 0 })));
  const socket = connect(path);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  socket.pause();
  await Bun.sleep(100);
  expect(made).toBeLessThan(50);
  let size = 0;
  socket.on('data', (bytes) => {
    size += bytes.length;
  });
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.resume();
  });
  expect(size).toBeGreaterThan(100 * piece.length);
});

test('a reader that goes away ends what is made for it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  listen(
    () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array([97])),
          cancel: () => resolve(),
        }),
      ),
  );
  const socket = connect(path);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  socket.once('data', () => socket.destroy());
  await promise;
});

test('close() cuts connections and removes the socket', async () => {
  const close = listen(() => new Promise(() => {}));
  const asking = ask('/').then(
    () => 'answered',
    () => 'cut',
  );
  await Bun.sleep(20);
  close();
  expect(await asking).toBe('cut');
  expect(existsSync(path)).toBe(false);
});
