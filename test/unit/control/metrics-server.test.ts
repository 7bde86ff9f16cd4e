import { afterEach, expect, test } from 'bun:test';
import { MetricsServer } from '#control/metrics-server.ts';

const logged: string[] = [];
const servers: MetricsServer[] = [];

afterEach(async () => {
  logged.length = 0;
  for (const server of servers.splice(0)) await server.close();
});

function server(): MetricsServer {
  const made = new MetricsServer({
    log: { write: (level, message) => void logged.push(`${level} ${message}`) },
    answer: async () => new Response('lanlord_x 1\n'),
    againMs: 20,
  });
  servers.push(made);
  return made;
}

/** A port that was free a moment ago. */
function freePort(): number {
  const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
  const { port } = probe;
  void probe.stop(true);
  return port ?? 0;
}

test('metrics are served on one path, for looking only', async () => {
  const port = freePort();
  await server().apply(`127.0.0.1:${port}`);
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toBe('lanlord_x 1\n');
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/v1/status`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(405);
});

test('another address moves it, the same one leaves it alone, none ends it', async () => {
  const one = server();
  const [a, b] = [freePort(), freePort()];
  await one.apply(`127.0.0.1:${a}`);
  await one.apply(`127.0.0.1:${a}`);
  expect(logged).toHaveLength(1);
  await one.apply(`127.0.0.1:${b}`);
  expect((await fetch(`http://127.0.0.1:${b}/metrics`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${a}/metrics`)).rejects.toThrow();
  await one.apply('');
  await expect(fetch(`http://127.0.0.1:${b}/metrics`)).rejects.toThrow();
});

test('an address that is taken is told once and tried again until it is free', async () => {
  const other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
  const listen = `127.0.0.1:${other.port}`;
  await server().apply(listen);
  await Bun.sleep(70);
  expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(1);
  expect(logged[0]).toContain(`Cannot serve metrics on "${listen}"`);
  await other.stop(true);
  while (!logged.some((line) => line.startsWith('info'))) await Bun.sleep(10);
  expect((await fetch(`http://${listen}/metrics`)).status).toBe(200);
});
