import { expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { hasReader } from '#native/linux/pipe-reader.ts';

/** A process of its own asks about its stdout, of which `head -1` reads one line, and tells on stderr. */
const asking = `
  const { hasReader } = await import('${import.meta.dir}/../../../../native/linux/pipe-reader.ts');
  process.stderr.write(\`before \${hasReader(1)} \`);
  process.stdout.write('a line\\n');
  for (let i = 0; i < 1000 && hasReader(1); i++) await Bun.sleep(10);
  process.stderr.write(\`after \${hasReader(1)}\`);
`;

test('the reader of a pipe that ends is missed without anything being written', async () => {
  const child = spawn('sh', ['-c', '"$0" -e "$1" | head -1', process.execPath, asking]);
  let told = '';
  child.stderr.on('data', (data: Buffer) => {
    told += data;
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(told).toBe('before true after false');
}, 30_000);

test('a file and the null device always have a reader', () => {
  expect(hasReader(openSync(import.meta.path, 'r'))).toBe(true);
  expect(hasReader(openSync('/dev/null', 'w'))).toBe(true);
});
