// Files and directories as a Source.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '#ports.ts';
import { FileSource } from '#sources/file/file-source.ts';
import { ParseCache } from '#sources/file/parse-cache.ts';
import { MemoryStateStore } from '../../../support/memory-state-store.ts';
import { scratchDirectory } from '../../../support/scratch-directory.ts';

let directory = '';
let nowMs = 1_000_000;
let store = new MemoryStateStore();
const sources: FileSource[] = [];

beforeEach(() => {
  directory = scratchDirectory();
  store = new MemoryStateStore();
});

afterEach(() => {
  for (const source of sources.splice(0)) source.close();
  rmSync(directory, { recursive: true, force: true });
});

function sourceOf(...paths: string[]): FileSource {
  const source = new FileSource({ paths, nodeName: 'box', store, clock: { wallMs: () => nowMs } });
  sources.push(source);
  return source;
}

function put(name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const service = (name: string, rest = '') => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n${rest}`;
const pool = (name: string, blocks: string) =>
  `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: ${name}}\nspec: {blocks: [${blocks}]}\n`;
const config = (spec: string) => `apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: ${spec}\n`;

function loaded(result: LoadResult): Extract<LoadResult, { ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

function refused(result: LoadResult): Extract<LoadResult, { ok: false }> {
  if (result.ok) throw new Error('expected the load to be refused');
  return result;
}

const names = (result: LoadResult) => loaded(result).inputs.services.map(({ name }) => name);

describe('FileSource.load()', () => {
  test('a hook is looked at anew, though what its manifest yielded was kept', async () => {
    const hook = put('hook.sh', '#!/bin/sh\n');
    chmodSync(hook, 0o644);
    const manifest = put('node.yaml', config(`{hooks: {onChange: ${hook}}}`));
    const load = async () => {
      const cache = new ParseCache(join(directory, 'parsed'), 'program');
      const source = new FileSource({
        paths: [manifest],
        nodeName: 'box',
        store,
        clock: { wallMs: () => nowMs },
        cache,
      });
      sources.push(source);
      return loaded(await source.load()).problems;
    };
    expect(await load()).toMatchObject([
      { code: 'LL-CFG-044', severity: 'error', scope: 'object', line: 3, column: 26 },
    ]);
    chmodSync(hook, 0o755);
    expect(await load()).toEqual([]);
    chmodSync(hook, 0o757);
    expect(await load()).toMatchObject([{ message: expect.stringContaining('writable by everybody') }]);
  });

  test('reads *.yaml, *.yml and *.json of a directory in byte order, and nothing else', async () => {
    put('b.yaml', service('b'));
    put('a.yml', service('a'));
    put('C.json', JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'c' } }));
    put('ä.yaml', service('last'));
    put('notes.txt', 'not: [a manifest');
    put('.hidden.yaml', 'not: [a manifest');
    mkdirSync(join(directory, 'sub'));
    put('sub/d.yaml', 'not: [a manifest');
    expect(names(await sourceOf(directory).load())).toEqual(['c', 'a', 'b', 'last']);
  });

  test('takes several paths in their order, the same file once', async () => {
    const b = put('b.yaml', service('b'));
    const a = put('a.txt', service('a'));
    expect(names(await sourceOf(b, a, directory).load())).toEqual(['b', 'a']);
  });

  test('returns the texts, the skipped kinds and the defaults', async () => {
    const path = put('a.yaml', `${service('a')}---\nkind: Pod\napiVersion: v1\n---\nkind: Pod\napiVersion: v1\n`);
    const result = loaded(await sourceOf(directory).load());
    expect(result.documents).toEqual([{ file: path, text: await Bun.file(path).text() }]);
    expect(result.skipped).toEqual(['2 of kind Pod skipped']);
    expect(result.config.node.name).toBe('box');
    expect(result.config.announce.refreshMs).toBe(60_000);
  });

  test('merges every field of NodeConfig over the defaults', async () => {
    put(
      'node.yaml',
      config(`
  node: {name: edge-1, labels: {rack: a}}
  ipFamilies: [IPv4]
  defaultLBServiceIPAM: none
  devices: {exclude: ["^wg"]}
  allowedPrefixes: [10.0.0.0/8, "fd00::/8"]
  allowedInterfaces: [eth0]
  election:
    mode: vrrp
    vrrp: {virtualRouterId: 9, groups: 3, priority: 200, advertisementInterval: 200ms, maxLearnedInterval: 5s, preempt: true,
           preemptDelay: 1m30s, checksum: pseudo, addresses: [10.0.0.1], peers: [10.0.0.2]}
    track: {interfaces: [eth1]}
    hello: {interval: 2s, keyFile: /etc/lanlord/key}
  announce: {burst: [0ms, 1s], refresh: 30s, maxFramesPerSecond: 50}
  conflict: {probe: false, profile: standard, policy: alarm}
  delivery: local
  hooks: {onChange: /bin/true, timeout: 5s, arguments: keepalived}
  reload: {watch: plan}
  control: {socket: /tmp/s, group: g, adminSocket: /tmp/a, adminGroup: ag}
  metrics: {listen: "127.0.0.1:9417"}
  limits: {addresses: 10}
  journal: {keep: 500}
  log: {level: debug}`),
    );
    expect(loaded(await sourceOf(directory).load()).config).toEqual({
      node: { name: 'edge-1', labels: { rack: 'a' } },
      ipFamilies: ['IPv4'],
      defaultLBServiceIPAM: 'none',
      devices: { exclude: ['^wg'] },
      allowedPrefixes: ['10.0.0.0/8', 'fd00::/8'],
      allowedInterfaces: ['eth0'],
      election: {
        mode: 'vrrp',
        vrrp: {
          virtualRouterId: 9,
          groups: 3,
          priority: 200,
          advertisementIntervalMs: 200,
          maxLearnedIntervalMs: 5000,
          preempt: true,
          preemptDelayMs: 90_000,
          checksum: 'pseudo',
          addresses: ['10.0.0.1'],
          peers: ['10.0.0.2'],
        },
        track: { interfaces: ['eth1'] },
        hello: { intervalMs: 2000, keyFile: '/etc/lanlord/key' },
      },
      announce: { burstMs: [0, 1000], refreshMs: 30_000, maxFramesPerSecond: 50 },
      conflict: { probe: false, profile: 'standard', policy: 'alarm' },
      delivery: 'local',
      hooks: { onChange: '/bin/true', timeoutMs: 5000, arguments: 'keepalived' },
      reload: { watch: 'plan' },
      control: { socket: '/tmp/s', group: 'g', adminSocket: '/tmp/a', adminGroup: 'ag' },
      metrics: { listen: '127.0.0.1:9417' },
      limits: { addresses: 10 },
      journal: { keep: 500 },
      log: { level: 'debug' },
    });
  });

  test('applies object errors as problems beside the inputs', async () => {
    put('a.yaml', `${pool('a', '{cidr: x}')}---\n${pool('b', '{cidr: 10.0.0.0/24}')}`);
    const result = loaded(await sourceOf(directory).load());
    expect(result.inputs.pools.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(result.problems.map(({ code, scope }) => [code, scope])).toEqual([['LL-CFG-014', 'object']]);
  });

  test('refuses the whole load for one document error, and remembers nothing of it', async () => {
    put('a.yaml', service('a'));
    const bad = put('b.yaml', service('b', 'spec: {ports: 80}\n'));
    const result = refused(await sourceOf(directory).load());
    expect(result.vanished).toBe(false);
    expect(result.problems).toMatchObject([{ code: 'LL-CFG-010', file: bad, line: 4, column: 15 }]);
    expect([...store.disk.seen]).toEqual([]);
  });

  test('refuses the same object twice, naming both places', async () => {
    const a = put('a.yaml', service('x'));
    const b = put(
      'b.yaml',
      `# again\n${service('x')}---\n${service('x').replace('{name: x}', '{name: x, namespace: other}')}`,
    );
    const { problems } = refused(await sourceOf(directory).load());
    expect(problems).toMatchObject([
      { code: 'LL-CFG-027', file: b, line: 2, column: 1, message: 'Service/default/x is declared twice' },
    ]);
    expect(problems[0]?.hint).toContain(`${a}:1:1`);
  });

  test('takes a pool of two API versions for one object', async () => {
    put('a.yaml', `${pool('p', '')}---\n${pool('p', '').replace('/v2', '/v2alpha1')}`);
    expect(refused(await sourceOf(directory).load()).problems[0]?.code).toBe('LL-CFG-027');
  });

  test('refuses a second NodeConfig', async () => {
    put('a.yaml', config('{}'));
    put('b.yaml', config('{}'));
    expect(refused(await sourceOf(directory).load()).problems.map(({ code }) => code)).toEqual(['LL-CFG-028']);
  });

  test('lists overlapping pools as object errors on the younger, or later named, one', async () => {
    const old = put(
      'a.yaml',
      pool('lab', '{start: 10.0.0.5, stop: 10.0.0.9}').replace(
        'lab}',
        'lab, creationTimestamp: "2020-01-01T00:00:00Z"}',
      ),
    );
    const young = put(
      'b.yaml',
      pool('blue', '{cidr: 10.1.0.0/24}, {cidr: 10.0.0.8/29}').replace(
        'blue}',
        'blue, creationTimestamp: "2021-01-01T00:00:00Z"}',
      ),
    );
    put('c.yaml', pool('self', '{cidr: 10.9.0.0/24}, {start: 10.9.0.255, stop: 10.9.1.1}, {start: 10.9.1.2}'));
    put('d.yaml', `${pool('zz', '{cidr: "fd00::/64"}')}---\n${pool('aa', '{start: "fd00::ffff", stop: "fd00::1:0"}')}`);
    const { problems } = loaded(await sourceOf(directory).load());
    expect(problems.map(({ code, scope, message }) => `${code} ${scope} ${message}`)).toEqual([
      'LL-CFG-031 object pool blue 10.0.0.8-10.0.0.15 overlaps pool lab 10.0.0.5-10.0.0.9',
      'LL-CFG-031 object pool self 10.9.0.255-10.9.1.1 overlaps its own block 10.9.0.0-10.9.0.255',
      'LL-CFG-031 object pool zz fd00::-fd00::ffff:ffff:ffff:ffff overlaps pool aa fd00::ffff-fd00::1:0',
    ]);
    expect(problems[0]).toMatchObject({ file: young, line: 4, path: 'spec.blocks[1]' });
    expect(problems[0]?.hint).toContain(`${old}:4:17; overlap 10.0.0.8-10.0.0.9`);
  });

  test('ages: what is written, else when it was first seen, equal within one load', async () => {
    put(
      'a.yaml',
      `${service('a')}---\n${service('b')}---\n${service('c').replace('{name: c}', '{name: c, creationTimestamp: 2026-01-01T00:00:00Z}')}`,
    );
    nowMs = 5000;
    expect(loaded(await sourceOf(directory).load()).inputs.services.map(({ createdMs }) => createdMs)).toEqual([
      5000,
      5000,
      Date.UTC(2026, 0, 1),
    ]);
    nowMs = 9000;
    put('d.yaml', service('d'));
    const again = loaded(await sourceOf(directory).load());
    expect(again.inputs.services.map(({ createdMs }) => createdMs)).toEqual([5000, 5000, Date.UTC(2026, 0, 1), 9000]);
  });

  test('obeys an explicit empty file', async () => {
    for (const text of ['', '# nothing\n', '---\n', 'null\n']) {
      const result = loaded(await sourceOf(put('empty.yaml', text)).load());
      expect(result.inputs.services).toEqual([]);
      expect(result.problems).toEqual([]);
    }
  });

  test('a vanished path, an empty directory and one without manifests free nothing', async () => {
    const gone = join(directory, 'gone');
    expect(refused(await sourceOf(gone).load())).toMatchObject({
      vanished: true,
      problems: [{ code: 'LL-CFG-036', file: gone }],
    });
    expect(refused(await sourceOf(directory).load()).vanished).toBe(true);
    put('readme.md', 'x');
    expect(refused(await sourceOf(directory).load()).vanished).toBe(true);
    const some = put('a.yaml', service('a'));
    expect(refused(await sourceOf(some, gone).load()).vanished).toBe(true);
    expect(refused(await sourceOf(join(some, 'below')).load()).vanished).toBe(true);
  });

  test('says what cannot be read: a broken link, a directory named like a file, bytes that are not UTF-8', async () => {
    put('a.yaml', service('a'));
    mkdirSync(join(directory, 'b.yaml'));
    put('c.yaml', new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0x0a]));
    await Bun.$`ln -s nowhere ${join(directory, 'd.yaml')}`.quiet();
    const { problems, vanished } = refused(await sourceOf(directory).load());
    expect(vanished).toBe(false);
    expect(problems.map(({ code, file, message }) => [code, file.slice(-6), message])).toEqual([
      ['LL-CFG-013', 'b.yaml', 'not a regular file'],
      ['LL-CFG-013', 'c.yaml', 'the file is not UTF-8'],
      ['LL-CFG-013', 'd.yaml', 'cannot read the file: ENOENT: no such file or directory'],
    ]);
  });

  test('reads a byte order mark away', async () => {
    expect(names(await sourceOf(put('bom.yaml', `\ufeff${service('a')}`)).load())).toEqual(['a']);
  });

  test('large input goes through the worker with the same result, a slice at a time', async () => {
    const big = put(
      'big.yaml',
      Array.from({ length: 5000 }, (_, i) =>
        service(`s${i}`, `spec: {type: LoadBalancer, note: "${'x'.repeat(50)}"}\n`),
      ).join('---\n'),
    );
    put('pool.yaml', pool('p', '{cidr: x}'));
    const source = sourceOf(directory);
    const result = loaded(await source.load());
    expect(result.inputs.services).toHaveLength(5000);
    expect(result.inputs.services[4999]).toMatchObject({
      name: 's4999',
      type: 'LoadBalancer',
      position: { file: big, line: 24_996, column: 1 },
    });
    expect(result.inputs.pools[0]?.fields?.get('spec.blocks[0].cidr')).toMatchObject({ line: 4, column: 24 });
    expect(result.problems.map(({ code }) => code)).toEqual(['LL-CFG-014']);
    const again = loaded(await source.loadFromDocuments(result.documents));
    expect(again.inputs).toEqual(result.inputs);
  }, 20_000);
});

describe('FileSource.loadFromDocuments()', () => {
  test('loads kept texts without touching the disk', async () => {
    const source = sourceOf('/nowhere');
    const result = await source.loadFromDocuments([{ file: '/etc/lanlord/a.yaml', text: service('a') }]);
    expect(names(result)).toEqual(['a']);
    expect(loaded(result).inputs.services[0]?.position).toEqual({ file: '/etc/lanlord/a.yaml', line: 1, column: 1 });
  });
});
