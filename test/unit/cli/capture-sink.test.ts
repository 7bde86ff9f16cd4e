import { expect, test } from 'bun:test';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureSink, openSink } from '#cli/capture-sink.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';

const bytes = Uint8Array.of(1, 2, 3);

test('a file has what was drained into it', async () => {
  const file = join(scratchDirectory(), 'capture');
  const sink = openSink(file);
  if (!(sink instanceof CaptureSink)) throw new Error(sink.message);
  await sink.drain(bytes);
  await sink.drain(bytes);
  sink.close();
  expect([...readFileSync(file)]).toEqual([1, 2, 3, 1, 2, 3]);
});

test('a file that cannot be made is told with what the kernel says, not thrown', () => {
  expect(openSink('/no/such/directory/file')).toMatchObject({ code: 'ENOENT' });
  expect(openSink(scratchDirectory())).toMatchObject({ code: 'EISDIR' });
});

test('a full disk ends the capture with a word', async () => {
  const sink = new CaptureSink(openSync('/dev/full', 'w'));
  await sink.drain(bytes);
  expect(sink.isClosed).toBe(true);
  expect(sink.fault).toMatchObject({ code: 'ENOSPC' });
  sink.close();
});
