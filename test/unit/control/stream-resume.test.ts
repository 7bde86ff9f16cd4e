import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resumeStream } from '#control/stream-resume.ts';

let directory: string;
let socket: string;
let server: Bun.Server<undefined> | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lanlord-resume-'));
  socket = join(directory, 's.sock');
});

afterEach(async () => {
  await server?.stop(true);
  server = null;
  rmSync(directory, { recursive: true, force: true });
});

const hello = (startedAt: string, revision: number) =>
  `${JSON.stringify({ type: 'HELLO', startedAt, revision, time: 't' })}\n`;
const synced = (revision: number) => `${JSON.stringify({ type: 'SYNCED', revision, time: 't' })}\n`;
const busy = JSON.stringify({ code: 'busy', message: 'Too many readers' });

/** One answer per connection; afterwards nobody listens. */
function serve(...answers: readonly string[]): string[] {
  const asked: string[] = [];
  server = Bun.serve({
    unix: socket,
    fetch(request) {
      asked.push(new URL(request.url).search);
      const answer = answers[asked.length - 1] ?? '';
      if (answer === '') return new Response('{"code":"not_found","message":"gone"}', { status: 404 });
      return new Response(answer, { status: answer === busy ? 503 : 200 });
    },
  });
  return asked;
}

async function read() {
  const lines: string[] = [];
  const stream = resumeStream({ socket, kinds: ['events'], last: 10, timeoutMs: 5000 });
  for (;;) {
    const next = await stream.next();
    if (next.done) return { lines, end: next.value };
    const line = next.value;
    lines.push(line.type === 'RESYNC' ? `RESYNC ${line.lost}` : line.type);
  }
}

test('whoever was dropped is told the whole state of the same daemon again, and how much it missed', async () => {
  const asked = serve(hello('a', 1) + synced(4), hello('a', 40) + synced(41), hello('a', 42));
  const { lines, end } = await read();
  expect(lines).toEqual(['HELLO', 'SYNCED', 'RESYNC 36', 'SYNCED', 'RESYNC 1']);
  expect(end).toMatchObject({ code: 'unreachable', cause: 'ended' });
  expect(asked[0]).toContain('last=10');
  // What was recorded meanwhile may be more than a watch begins with.
  expect(asked[1]).toContain('last=100000');
});

test('another daemon on the same socket is not the one that was followed', async () => {
  serve(hello('a', 1) + synced(4), hello('b', 1) + synced(2));
  expect(await read()).toMatchObject({ lines: ['HELLO', 'SYNCED'], end: { code: 'unreachable', cause: 'ended' } });
});

test('a stream that ends within its first state is not tried again, and a refusal is told', async () => {
  serve(hello('a', 1));
  expect((await read()).lines).toEqual(['HELLO']);
  await server?.stop(true);
  serve(hello('a', 1) + synced(4), busy);
  expect((await read()).end).toMatchObject({ code: 'refused', reason: 'busy' });
});
