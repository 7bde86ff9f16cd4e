import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { embeddedLibpcap, embeddedLicense } from '../../../native/embed/embedded.ts';
import { libpcapOrigin } from '../../../native/mod.ts';
import { packageDirectory, runChild, withDirectory } from '../../support/native-runtime.ts';

const probe = join(packageDirectory, '../test/support/print-libpcap-origin.ts');

function origin(env: Record<string, string>, cwd?: string) {
  const { stdout, stderr } = runChild(probe, { env, ...(cwd === undefined ? {} : { cwd }) });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

test('which libpcap is in use can be told', () => {
  const result = libpcapOrigin();
  assert.ok(result.ok);
  assert.match(result.value.version, /^\d+\.\d+/);
  assert.match(result.value.path, /^\//);
});

test('a file named like libpcap in the working directory is never loaded', () => {
  const usual = origin({ LANLORD_LIBPCAP: 'system' });
  if (!usual.ok) return console.log('skipped: this machine has no libpcap of its own');
  withDirectory((directory) => {
    for (const name of ['libpcap.so.1', 'libpcap.so.0.8']) copyFileSync(usual.value.path, join(directory, name));
    assert.deepEqual(origin({ LANLORD_LIBPCAP: 'system' }, directory), usual);
  });
});

test('an unknown wish is refused', () => {
  assert.equal(origin({ LANLORD_LIBPCAP: 'mine' }).error.code, 'invalid_argument');
});

test('the embedded copy opens through memory, and in a worker beside the main thread too', () => {
  if (embeddedLibpcap === null) return console.log('skipped: native/embed/build.sh has not been run');
  const result = origin({ LANLORD_LIBPCAP: 'embedded' });
  assert.equal(result.value.kind, 'embedded');
  assert.deepEqual(result.worker, { ok: true, value: result.value });
  assert.match(embeddedLicense ?? '', /Redistribution/);
});

test('the embedded copy needs the C library alone, and none newer than glibc 2.17', () => {
  if (embeddedLibpcap === null) return console.log('skipped: native/embed/build.sh has not been run');
  if (!existsSync('/usr/bin/objdump')) return console.log('skipped: objdump (binutils) is not installed');
  const objdump = (option: string) =>
    spawnSync('objdump', [option, embeddedLibpcap ?? ''], { encoding: 'utf8' }).stdout;
  const needed = [...objdump('-p').matchAll(/NEEDED\s+(\S+)/g)].map((match) => match[1]);
  assert.deepEqual(needed, ['libc.so.6']);
  const minors = [...objdump('-T').matchAll(/GLIBC_2\.(\d+)/g)].map((match) => Number(match[1]));
  assert.ok(minors.length > 0);
  assert.ok(Math.max(...minors) <= 17, `needs glibc 2.${Math.max(...minors)}`);
});

test('the embedded copy bears a name of its own, so that the loader never takes one for the other', () => {
  if (embeddedLibpcap === null) return console.log('skipped: native/embed/build.sh has not been run');
  const result = spawnSync('objdump', ['-p', embeddedLibpcap], { encoding: 'utf8' });
  if (result.status !== 0) return console.log('skipped: objdump (binutils) is not installed');
  assert.match(result.stdout, /SONAME\s+libpcap-embedded\.so/);
});
