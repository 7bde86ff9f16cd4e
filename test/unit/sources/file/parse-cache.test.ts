import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ParseCache } from '#sources/file/parse-cache.ts';
import { parseFiles } from '#sources/file/parse-files.ts';

const text = `
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: blue, annotations: {lanlord.dev/prio: "1"}}
spec: {blocks: [{cidr: 10.0.0.0/28}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
`;
const texts = [{ path: '/etc/lanlord/all.yaml', text }];

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lanlord-cache-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const cacheFile = () => join(directory, 'parsed');

async function filled(): Promise<{ cache: ParseCache; parsed: Awaited<ReturnType<typeof parseFiles>> }> {
  const cache = new ParseCache(cacheFile(), 'program 1');
  const parsed = await parseFiles(texts, text.length);
  cache.write(texts, parsed);
  return { cache, parsed };
}

test('what comes back equals what was parsed, positions of fields included', async () => {
  const { cache, parsed } = await filled();
  const { documents: _documents, ...rest } = parsed;
  expect(rest.problems).toHaveLength(1);
  expect(cache.read(texts)).toEqual(rest);
});

test('another text, path, number of files or program finds nothing', async () => {
  const { cache } = await filled();
  expect(cache.read([{ path: '/etc/lanlord/all.yaml', text: `${text} ` }])).toBeNull();
  expect(cache.read([{ path: '/etc/lanlord/two.yaml', text }])).toBeNull();
  expect(cache.read([...texts, { path: '/etc/lanlord/two.yaml', text: '' }])).toBeNull();
  expect(new ParseCache(cacheFile(), 'program 2').read(texts)).toBeNull();
});

test('a damaged or shortened file finds nothing, wherever the damage is', async () => {
  const { cache } = await filled();
  const whole = readFileSync(cacheFile());
  for (let at = 0; at < whole.length; at += 7) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    writeFileSync(cacheFile(), damaged);
    expect(cache.read(texts)).toBeNull();
  }
  for (const length of [0, 1, 31, 32, 33, whole.length - 1]) {
    writeFileSync(cacheFile(), whole.subarray(0, length));
    expect(cache.read(texts)).toBeNull();
  }
});

test('a directory that does not exist is no error, for reading and for writing', async () => {
  const cache = new ParseCache(join(directory, 'none/parsed'), 'program 1');
  cache.write(texts, await parseFiles(texts, text.length));
  expect(cache.read(texts)).toBeNull();
});
