// Virtual router ids as `check` and a load see them: who has which, which collide.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '#model/resources.ts';
import { checkPaths } from '#sources/file/check.ts';
import { findGroups } from '#sources/file/check-groups.ts';
import { FileSource } from '#sources/file/file-source.ts';
import { nodeConfig, policy, service } from '../../../support/objects.ts';
import { scratchDirectory } from '../../../support/scratch-directory.ts';
import { vrrpConfig } from '../../../support/vrrp-world.ts';

const nodeSelector = { matchLabels: { rack: 'a' } };
const here = { position: { file: 'a.yaml', line: 3, column: 1 } };
const pinned = (key: string, group: string, more: Partial<Service> = {}) =>
  service(key, { ...here, annotations: { 'lanlord.dev/group': group }, ...more });

describe('findGroups()', () => {
  test('finds nothing where nothing is elected by groups', async () => {
    expect(await findGroups([policy('a')], [pinned('s/a', '51')], nodeConfig())).toEqual({ problems: [], map: [] });
  });

  test('tells who has which ids, counting services of each', async () => {
    const red = { labels: { color: 'red' } };
    const policies = [
      policy('lan'),
      policy('rack', { nodeSelector, serviceSelector: { matchLabels: red.labels } }),
      policy('out', {
        externalIPs: true,
        loadBalancerIPs: false,
        annotations: { 'lanlord.dev/virtual-router-id': '30+2' },
      }),
    ];
    const services = [
      service('s/a'),
      service('s/b', red),
      pinned('s/c', '51'),
      service('s/d', { type: 'ClusterIP', externalIPs: ['198.51.100.1'] }),
      service('s/e', { type: 'ClusterIP' }),
      service('s/f', { loadBalancerClass: 'other' }),
    ];
    const { problems, map } = await findGroups(policies, services, vrrpConfig({ virtualRouterId: 1, groups: 4 }));
    expect(problems).toEqual([]);
    expect(map).toMatchObject([
      { policies: ['lan'], ids: [1, 2, 3, 4], services: 2, pinned: [51] },
      { policies: ['lan', 'rack'], services: 1, pinned: [] },
      { policies: ['out'], ids: [30, 31], services: 1 },
    ]);
    expect(map[1]?.ids).toHaveLength(8);
  });

  test('places a collision where it is written', async () => {
    const place = { file: 'p.yaml', line: 7, column: 9 };
    const key = 'lanlord.dev/virtual-router-id';
    const taken = policy('rack', {
      nodeSelector,
      serviceSelector: { matchLabels: { color: 'red' } },
      annotations: { [key]: '128+8' },
      fields: new Map([[`metadata.annotations["${key}"]`, place]]),
    });
    const other = policy('blue', { nodeSelector, serviceSelector: { matchLabels: { color: 'blue' } } });
    const services = [
      service('s/red', { labels: { color: 'red' } }),
      pinned('s/blue', '140', { labels: { color: 'blue' } }),
    ];
    const { problems } = await findGroups([taken, other], services, vrrpConfig());
    expect(problems.map(({ file, line, code, severity, message }) => [file, line, code, severity, message])).toEqual([
      [
        'p.yaml',
        7,
        'LL-CFG-043',
        'error',
        'policy "rack" has no group: The virtual router id 128 is one of the common ids',
      ],
      [
        'a.yaml',
        3,
        'LL-CFG-043',
        'error',
        'service "s/blue" has no group: The virtual router id 140 is one of the common ids',
      ],
    ]);
  });
});

describe('on disk', () => {
  let directory = '';
  beforeEach(() => {
    directory = scratchDirectory();
    writeFileSync(join(directory, 'a.yaml'), manifests);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const manifests = `apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: rack}
spec: {loadBalancerIPs: true, nodeSelector: {matchLabels: {rack: a}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {lanlord.dev/group: "128"}}
spec: {type: LoadBalancer}
`;
  const config = `---
apiVersion: lanlord.dev/v1
kind: NodeConfig
spec: {election: {mode: vrrp, vrrp: {advertisementInterval: 114ms}}}
`;
  const load = async (election: 'vrrp' | 'solo' | null) => {
    const store = { firstSeen: () => new Map<string, number>() };
    const source = new FileSource({ paths: [directory], nodeName: 'n', store, clock: { wallMs: () => 0 }, election });
    const result = await source.load();
    source.close();
    if (!result.ok) throw new Error('refused');
    return result;
  };

  test('check prints a collision only where groups are elected', async () => {
    expect((await checkPaths([directory])).problems).toEqual([]);
    writeFileSync(join(directory, 'b.yaml'), config);
    const { problems, groups } = await checkPaths([directory]);
    expect(problems.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'LL-CFG-043 error',
      'LL-CFG-042 warning',
    ]);
    expect(groups).toMatchObject([{ policies: ['rack'], services: 1, pinned: [128] }]);
  });

  test('--election goes before the NodeConfig, and a load lists the collision', async () => {
    const codes = ({ problems }: Awaited<ReturnType<typeof load>>) => problems.map(({ code }) => code);
    expect(codes(await load('vrrp'))).toEqual(['LL-CFG-043']);
    writeFileSync(join(directory, 'b.yaml'), config);
    const loaded = await load(null);
    expect(loaded.config.election).toMatchObject({ mode: 'vrrp', vrrp: { advertisementIntervalMs: 110 } });
    expect(codes(loaded)).toEqual(['LL-CFG-043', 'LL-CFG-042']);
    expect((await load('solo')).config.election.mode).toBe('solo');
  });
});
