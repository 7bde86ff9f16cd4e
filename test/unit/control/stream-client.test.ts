import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ClientFailure } from '#control/client.ts';
import { followStream } from '#control/stream-client.ts';

let directory: string;
let socket: string;
const servers: Bun.Server<undefined>[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lanlord-stream-'));
  socket = join(directory, 's.sock');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
  rmSync(directory, { recursive: true, force: true });
});

function serve(pieces: readonly string[], stays = false, status = 200) {
  const requests: string[] = [];
  const fetch = (request: Request) => {
    requests.push(request.url);
    return new Response(
      new ReadableStream({
        async start(controller) {
          for (const piece of pieces) {
            controller.enqueue(new TextEncoder().encode(piece));
            await Bun.sleep(5);
          }
          if (!stays) controller.close();
        },
      }),
      { status },
    );
  };
  servers.push(Bun.serve({ unix: socket, fetch }));
  return requests;
}

async function read(signal?: AbortSignal): Promise<{ types: string[]; end: ClientFailure | null }> {
  const types: string[] = [];
  const stream = followStream({
    socket,
    kinds: ['status', 'ips'],
    last: 7,
    timeoutMs: 5000,
    ...(signal ? { signal } : {}),
  });
  for (;;) {
    const next = await stream.next();
    if (next.done) return { types, end: next.value };
    types.push(next.value.type);
  }
}

test('lines are put together again however they are cut', async () => {
  const requests = serve(['{"type":"HEL', 'LO"}\n{"type":"SYNCED"}\n{"type":"HEARTBEAT', '"}\n']);
  const { types, end } = await read();
  expect(types).toEqual(['HELLO', 'SYNCED', 'HEARTBEAT']);
  expect(end?.code).toBe('unreachable');
  expect(requests[0]).toContain('/v1/stream?kinds=status%2Cips&last=7');
});

test('no daemon, a refusal and the own signal are told apart', async () => {
  expect((await read()).end?.code).toBe('unreachable');
  serve(['{"code":"bad_request","message":"no such kind"}'], false, 400);
  expect((await read()).end).toEqual({ code: 'refused', reason: 'bad_request', message: 'no such kind' });
  await servers.pop()?.stop(true);
  serve(['{"type":"HELLO"}\n'], true);
  expect(await read(AbortSignal.timeout(100))).toEqual({ types: ['HELLO'], end: null });
});

test('whoever was stopped itself (ctrl-z, a pager) reads what waits before it takes the daemon for dead', async () => {
  const beat = '{"type":"HEARTBEAT","revision":1}\n';
  let beats: ReturnType<typeof setInterval> | undefined;
  const stream = new ReadableStream({
    start(controller) {
      const say = (text: string) => controller.enqueue(new TextEncoder().encode(text));
      say('{"type":"HELLO"}\n');
      beats = setInterval(() => say(beat), 1000);
    },
  });
  servers.push(Bun.serve({ unix: socket, fetch: () => new Response(stream) }));
  const program = `
    import { followStream } from ${JSON.stringify(resolve('src/control/stream-client.ts'))};
    const stream = followStream({ socket: ${JSON.stringify(socket)}, kinds: ['status'], timeoutMs: 5000 });
    for (;;) {
      const { done, value } = await stream.next();
      console.log(done ? JSON.stringify(value) : value.type);
      if (done) break;
    }`;
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe', stderr: 'inherit' });
  const reader = child.stdout.getReader();
  const said = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await said()).toStartWith('HELLO');
  child.kill('SIGSTOP');
  await Bun.sleep(8000);
  child.kill('SIGCONT');
  let after = '';
  while (after.split('HEARTBEAT').length < 12) after += await said();
  expect(after).not.toContain('timeout');
  clearInterval(beats);
  child.kill();
  await child.exited;
}, 40_000);
