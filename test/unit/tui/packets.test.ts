// Packets into a file: which key writes what, what is said while it is written, and what is left of a run that failed.
import { afterEach, expect, test } from 'bun:test';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PacketWriter } from '#tui/app/packet-writer.ts';
import type { Model, PacketsState, UiMessage } from '#tui/state/model.ts';
import type { Effect } from '#tui/state/ui-event.ts';
import { update } from '#tui/update/update.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';
import { after, frameText, liveModel, typed } from '../../support/ui-frames.ts';
import { uiState } from '../../support/ui-states.ts';
import { nowMs, worlds } from '../../support/ui-worlds.ts';

const live = () => liveModel({ world: worlds.duplicate });
const effectsOf = (model: Model, key: string): readonly Effect[] => update(model, { kind: 'key', key }, nowMs).effects;
const packets: PacketsState = { path: '/home/ann/lanlord-packets-20261123T030721Z.pcapng', filter: '', bytes: 0 };

test('x writes packets on the Traffic screen with its filter, on the page of an address those about it, elsewhere rows', () => {
  expect(effectsOf(typed(live(), '5'), 'x')).toEqual([{ kind: 'packets', filter: '' }]);
  const filtered = typed(live(), '5', '/', ...'verdict:duplicate', 'enter');
  expect(effectsOf(filtered, 'x')).toEqual([{ kind: 'packets', filter: 'verdict:duplicate' }]);
  expect(effectsOf(typed(live(), '4', 'enter'), 'x')).toEqual([{ kind: 'packets', filter: 'vip:192.168.10.211' }]);
  expect(effectsOf(typed(live(), '4'), 'x')).toMatchObject([{ kind: 'save-rows', name: 'leaders' }]);
});

test('while they are written x there ends it, elsewhere it goes on saving rows', () => {
  const writing = after(live(), { kind: 'packets', packets });
  expect(effectsOf(typed(writing, '5'), 'x')).toEqual([{ kind: 'packets-end' }]);
  expect(effectsOf(typed(writing, '4', 'enter'), 'x')).toEqual([{ kind: 'packets-end' }]);
  expect(effectsOf(typed(writing, '4'), 'x')).toMatchObject([{ kind: 'save-rows' }]);
});

test(':save saves the rows of frames, too', () => {
  const model = typed(uiState('traffic', { size: { columns: 120, rows: 35 } }), ':', ...'save');
  expect(effectsOf(model, 'enter')).toMatchObject([{ kind: 'save-rows', name: 'stream' }]);
});

test('what is written is told on every screen, until it ends', () => {
  const starting = after(live(), { kind: 'packets', packets });
  expect(frameText(starting)).toContain(
    'writing lanlord-packets-20261123T030721Z.pcapng, starting; x on Traffic ends it',
  );
  const writing = after(starting, { kind: 'packets', packets: { ...packets, bytes: 12_300 } });
  expect(frameText(writing)).toContain('pcapng, 13 kB;');
  expect(after(writing, { kind: 'packets', packets: { ...packets, bytes: 12_300 } })).toBe(writing);
  expect(frameText(typed(writing, 'p'))).toContain('pcapng, 13 kB;');
  expect(frameText(after(writing, { kind: 'packets', packets: null }))).not.toContain('writing');
});

const folders: string[] = [];
const writers: PacketWriter[] = [];
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A writer whose program is this shell script: $3 is the file. */
function writerOf(script: string) {
  const folder = scratchDirectory();
  folders.push(folder);
  const states: (PacketsState | null)[] = [];
  const messages: UiMessage[] = [];
  const writer = new PacketWriter({
    program: ['/bin/sh', '-c', script, 'lanlord'],
    socket: '/run/lanlord/lanlord.sock',
    prefix: join(folder, 'packets'),
    onState: (state) => states.push(state),
    onMessage: (message) => messages.push(message),
  });
  writers.push(writer);
  return { writer, states, messages, folder };
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo() && performance.now() < end) await Bun.sleep(10);
  expect(isSo()).toBe(true);
}

/** Writes its arguments, waits for ctrl-c, then says how many frames there were. */
const capturing = (last: string) =>
  `trap 'echo "${last}" >&2; exit 0' INT; printf '%s\\n' "$@" > "$3"; while :; do sleep 0.02; done`;

test('it is told to write a file of its own with the filter, for a bounded time, and ends when it is asked to', async () => {
  const { writer, states, messages } = writerOf(capturing('lanlord: 12 frames, 0 dropped'));
  writer.start('vip:192.168.10.211');
  const path = states[0]?.path ?? '';
  expect(path).toMatch(/packets-\d{8}T\d{6}Z\.pcapng$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await until(() => statSync(path).size > 0);
  const said = (await Bun.file(path).text()).trim().split('\n');
  expect(said).toEqual([
    'capture',
    '-w',
    path,
    '--duration',
    '10m',
    '--socket',
    '/run/lanlord/lanlord.sock',
    '--filter',
    'vip:192.168.10.211',
  ]);
  // One at a time.
  writer.start('');
  expect(states).toHaveLength(1);
  await writer.close();
  expect(states.at(-1)).toBeNull();
  expect(messages).toEqual([{ text: `12 packets written: ${path}`, style: 'ok' }]);
});

test('its size is told while it grows, and packets that were lost are told in the end', async () => {
  const { writer, states, messages } = writerOf(capturing('lanlord: 1 frames, 7 dropped'));
  writer.start('');
  await until(() => (states.at(-1)?.bytes ?? 0) > 0);
  writer.end();
  await until(() => messages.length > 0);
  expect(messages[0]).toMatchObject({ text: expect.stringMatching(/^1 packet written, 7 dropped: /), style: 'warn' });
});

test('where it may not capture the reason is told, and no empty file stays', async () => {
  const { writer, messages, states, folder } = writerOf('echo "lanlord: Cannot capture on eth0: denied" >&2; exit 4');
  writer.start('');
  await until(() => messages.length > 0);
  expect(messages).toEqual([{ text: 'Not written: Cannot capture on eth0: denied', style: 'warn' }]);
  expect(states.at(-1)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('ended before it began, nothing is left of it', async () => {
  const { writer, messages, folder } = writerOf('exec sleep 60');
  writer.start('');
  await writer.close();
  expect(messages).toEqual([{ text: 'Ended before anything was written.', style: 'warn' }]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be written into is told, and nothing is started', () => {
  const messages: UiMessage[] = [];
  const writer = new PacketWriter({
    program: ['/bin/false'],
    socket: '/run/lanlord/lanlord.sock',
    prefix: '/nonexistent/packets',
    onState: () => expect.unreachable(),
    onMessage: (message) => messages.push(message),
  });
  writer.start('');
  expect(messages).toMatchObject([{ text: expect.stringMatching(/^Cannot write .*ENOENT/), style: 'warn' }]);
  expect(existsSync('/nonexistent')).toBe(false);
});
