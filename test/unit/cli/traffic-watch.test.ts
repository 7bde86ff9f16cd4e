// A watch of traffic asks again and again: it must not take one daemon for another.
import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { traffic } from '#cli/traffic.ts';
import { startControlServer } from '#control/server.ts';
import type { TrafficQuery } from '#model/traffic-frame.ts';
import { daemonView, fakeBackend } from '../../support/daemon-view.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';

let close: (() => unknown) | null = null;

afterEach(() => close?.());

/** Watches a daemon whose traffic goes on from these places, one after another. */
async function watched(...places: readonly string[]) {
  const socket = join(scratchDirectory(), 's.sock');
  const asked: (string | null)[] = [];
  const backend = {
    ...fakeBackend(daemonView()),
    traffic({ after }: TrafficQuery) {
      asked.push(after);
      const next = places[Math.min(asked.length, places.length) - 1] ?? '';
      return { frames: [], next, lost: [], skipped: [], kernelDrops: [] };
    },
  };
  const groups = { group: 'root', adminSocket: `${socket}.admin`, adminGroup: 'root' };
  const started = await startControlServer(backend, { socket, ...groups }, { write() {} });
  if (!started.ok) throw new Error('no server');
  close = () => started.server.close();
  const notes: string[] = [];
  const output = {
    data() {},
    note: (text: string) => void notes.push(text),
    isTty: false,
    get open() {
      return asked.length < 6;
    },
  };
  const usual = { timeoutMs: 5000, filter: '', limit: null, inputFile: null, output: 'jsonl' } as const;
  return { code: await traffic({ ...usual, socket, watch: true }, output), notes, asked };
}

test('regression: a daemon that was started between two questions ends the watch, as one that is gone', async () => {
  const { code, notes, asked } = await watched('k1:eth0=5', 'k1:eth0=9', 'k2:eth0=2');
  expect([code, notes]).toEqual([3, [expect.stringMatching(/^lanlord: The daemon on .* went away/)]]);
  expect(asked).toEqual([null, 'k1:eth0=5', 'k1:eth0=9']);
});

test('one daemon is watched as long as somebody reads, whatever interfaces come and go', async () => {
  expect(await watched('k1:', 'k1:eth0=9', 'k1:eth1=1')).toMatchObject({ code: 0, notes: [] });
});
