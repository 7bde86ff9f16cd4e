import { expect, test } from 'bun:test';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerCredential, peerCredential } from '#native/linux/peer-credential.ts';

/** What the kernel says about whoever `command` connects. */
async function connectedBy(command: (path: string) => readonly string[]): Promise<PeerCredential | null> {
  const directory = mkdtempSync(join(tmpdir(), 'lanlord-peer-'));
  const path = join(directory, 'x.sock');
  const { promise, resolve } = Promise.withResolvers<PeerCredential | null>();
  const before = process.umask(0);
  const listener = Bun.listen({
    unix: path,
    socket: {
      open(socket) {
        // The runtime's own name for its descriptor; without it no caller is known, which this test would tell.
        resolve(peerCredential((socket as unknown as { fd: number }).fd));
        socket.end();
      },
      data() {},
    },
  });
  process.umask(before);
  const child = Bun.spawn([...command(path)], { stdout: 'ignore', stderr: 'ignore' });
  try {
    return await promise;
  } finally {
    await child.exited;
    listener.stop(true);
    rmSync(directory, { recursive: true, force: true });
  }
}

const connect = (path: string) => [process.execPath, '-e', `require('node:net').connect(${JSON.stringify(path)})`];

test('the process at the other end is told, with its user and group', async () => {
  const found = await connectedBy(connect);
  expect(found?.uid).toBe(process.getuid?.() ?? -1);
  expect(found?.gid).toBe(process.getgid?.() ?? -1);
  expect(found?.pid).toBeGreaterThan(1);
  expect(found?.pid).not.toBe(process.pid);
});

test('a descriptor that is no connected unix socket has nobody at its other end', () => {
  expect(peerCredential(openSync('/dev/null', 'r'))).toBeNull();
  expect(peerCredential(-1)).toBeNull();
});
