// What becomes of good manifests, and that nothing at all makes the parser throw.
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseManifests } from '#sources/file/parse-manifests.ts';

const example = readFileSync(join(import.meta.dir, '../../../../config/examples/home.yaml'), 'utf8');

describe('parseManifests()', () => {
  test('converts each kind, in the order written, whatever the order of its fields', () => {
    const text = `
kind: Service
apiVersion: v1
spec:
  type: LoadBalancer
  loadBalancerIP: banana
  loadBalancerClass: io.cilium/l2-announcer
  externalIPs: [192.0.2.1]
  ipFamilies: [IPv6, IPv4]
  ipFamilyPolicy: PreferDualStack
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{port: 80}, {port: 53, protocol: UDP}]
  clusterIP: 10.96.0.1
status:
  loadBalancer: {ingress: [{ip: ""}, {hostname: a.example}, {ip: 10.0.0.1, ipMode: VIP}]}
  conditions: [{type: t, status: "True", reason: r, message: m, lastTransitionTime: null}]
metadata: {name: web, namespace: shop, creationTimestamp: null, labels: null, uid: 5, managedFields: [{a: b}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
endpoints:
- {addresses: [10.1.0.1], nodeName: n1, conditions: {ready: false, serving: true, terminating: true}}
- {addresses: [10.1.0.2]}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {rack: a}}
status: {addresses: [{type: InternalIP, address: 10.0.0.9}]}
---
apiVersion: v1
kind: Service
metadata: {name: bare}
`;
    const created: string[] = [];
    const { objects, problems, services, endpointSlices, nodes } = parseManifests(text, 'f.yaml', {
      createdMs: ({ kind, namespace, name }) => {
        created.push(`${kind}/${namespace}/${name}`);
        return 42;
      },
    });
    // What cannot be an address is told, and converted all the same: the evaluation makes it a condition.
    expect(problems.map(({ code, path, scope }) => [code, path, scope])).toEqual([
      ['LL-CFG-015', 'spec.loadBalancerIP', 'object'],
    ]);
    expect(
      objects.map(({ kind, namespace, name, hasStatus, hasCreationTimestamp }) => [
        kind,
        namespace,
        name,
        hasStatus,
        hasCreationTimestamp,
      ]),
    ).toEqual([
      ['Service', 'shop', 'web', true, false],
      ['EndpointSlice', 'default', 'web-1', false, false],
      ['Node', '', 'n1', true, false],
      ['Service', 'default', 'bare', false, false],
    ]);
    expect(created).toEqual(['Service/shop/web', 'EndpointSlice/default/web-1', 'Node//n1', 'Service/default/bare']);
    expect(services).toEqual([
      {
        name: 'web',
        namespace: 'shop',
        labels: {},
        annotations: {},
        createdMs: 42,
        position: { file: 'f.yaml', line: 2, column: 1 },
        type: 'LoadBalancer',
        loadBalancerClass: 'io.cilium/l2-announcer',
        loadBalancerIP: 'banana',
        externalIPs: ['192.0.2.1'],
        ipFamilies: ['IPv6', 'IPv4'],
        ipFamilyPolicy: 'PreferDualStack',
        externalTrafficPolicy: 'Local',
        selector: { app: 'web' },
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
        status: {
          ingress: [
            { ip: '', hostname: '' },
            { ip: '', hostname: 'a.example' },
            { ip: '10.0.0.1', hostname: '' },
          ],
          conditions: [{ type: 't', status: 'True', reason: 'r', message: 'm' }],
        },
      },
      {
        name: 'bare',
        namespace: 'default',
        labels: {},
        annotations: {},
        createdMs: 42,
        position: { file: 'f.yaml', line: 32, column: 1 },
        type: 'ClusterIP',
        externalIPs: [],
        ipFamilies: [],
        externalTrafficPolicy: 'Cluster',
        selector: {},
        ports: [],
        status: { ingress: [], conditions: [] },
      },
    ]);
    expect(endpointSlices[0]).toMatchObject({
      serviceName: 'web',
      endpoints: [
        { nodeName: 'n1', ready: false, serving: true, terminating: true },
        { ready: true, serving: true, terminating: false },
      ],
    });
    expect(nodes[0]).toMatchObject({ name: 'n1', labels: { rack: 'a' }, addresses: ['10.0.0.9'] });
  });

  test('converts pools and policies, blocks in front of the older cidrs', () => {
    const text = `
apiVersion: cilium.io/v2alpha1
kind: CiliumLoadBalancerIPPool
metadata: {name: p, creationTimestamp: "2026-01-02T00:00:00Z"}
spec:
  cidrs: [10.9.0.0/24, {cidr: 10.8.0.0/24}]
  blocks: [{start: 10.0.0.1, stop: 10.0.0.9}]
  disabled: true
  allowFirstLastIPs: No
  serviceSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}
---
apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata: {name: l2}
spec: {loadBalancerIPs: yes, interfaces: ["^eth[0-9]+"], nodeSelector: {matchLabels: {a: b}}}
status: {conditions: []}
`;
    const { pools, policies } = parseManifests(text, 'f.yaml');
    expect(pools[0]).toMatchObject({
      blocks: [{ start: '10.0.0.1', stop: '10.0.0.9' }, { cidr: '10.9.0.0/24' }, { cidr: '10.8.0.0/24' }],
      createdMs: Date.UTC(2026, 0, 2),
      allowFirstLastIPs: false,
      disabled: true,
      usesCidrs: true,
      serviceSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
    });
    expect(pools[0]?.fields?.get('spec.blocks[0].stop')).toEqual({ file: 'f.yaml', line: 7, column: 36 });
    expect(policies[0]).toMatchObject({
      loadBalancerIPs: true,
      externalIPs: false,
      interfaces: ['^eth[0-9]+'],
      nodeSelector: { matchLabels: { a: 'b' } },
    });
  });

  test('unpacks lists, nested ones too, and counts what it skips', () => {
    const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const inner = { apiVersion: 'v1', kind: 'List', items: [node('b'), { apiVersion: 'v1', kind: 'Pod' }] };
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      metadata: { resourceVersion: '' },
      items: [node('a'), inner, node('c')],
    };
    const knative = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'x' } };
    for (const text of [
      JSON.stringify(list),
      JSON.stringify(list, null, 2),
      `---\n${JSON.stringify(list)}\n---\n${JSON.stringify(knative)}`,
    ]) {
      const { nodes, skipped, problems } = parseManifests(text, 'f.json');
      expect(problems).toEqual([]);
      expect(nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(skipped.get('Pod')).toBe(1);
      expect(skipped.get('Service')).toBe(text.includes('knative') ? 1 : undefined);
    }
  });

  test('accepts the example without a word', () => {
    expect(parseManifests(example, 'home.yaml').problems).toEqual([]);
  });

  test('never throws, whatever is scribbled into manifests', () => {
    const puts = fc.constantFrom(
      ': ',
      '- ',
      '\n',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '|\n',
      '&a ',
      '*a',
      '!t ',
      '\t',
      '---\n',
      '5',
      'null',
      '#',
      '\0',
      '[5, x]',
    );
    const scribble = fc.record({ at: fc.nat(), cut: fc.nat({ max: 8 }), put: puts });
    const list = JSON.stringify(
      { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }] },
      null,
      1,
    );
    fc.assert(
      fc.property(fc.constantFrom(example, list), fc.array(scribble, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let edited = text;
        for (const { at, cut, put } of edits) {
          const from = at % (edited.length + 1);
          edited = edited.slice(0, from) + put + edited.slice(from + cut);
        }
        const lines = edited.split('\n').length;
        for (const { line, column, message } of parseManifests(edited, 'f').problems) {
          expect(line >= 1 && line <= lines && column >= 1 && message.length > 0).toBe(true);
        }
      }),
      { seed: 5, numRuns: 2000 },
    );
  }, 60_000);

  test('never throws, whatever values stand in the fields', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const kinds = fc.constantFrom(
      'CiliumLoadBalancerIPPool',
      'CiliumL2AnnouncementPolicy',
      'Service',
      'EndpointSlice',
      'Node',
      'NodeConfig',
      'List',
    );
    const apiVersions = fc.constantFrom('v1', 'cilium.io/v2alpha1', 'discovery.k8s.io/v1', 'lanlord.dev/v1');
    const fields = fc.constantFrom(
      'blocks',
      'cidrs',
      'disabled',
      'serviceSelector',
      'interfaces',
      'ports',
      'type',
      'announce',
      'election',
      'node',
    );
    const spec = fc.oneof(value, fc.dictionary(fields, value));
    const object = fc.record({
      kind: kinds,
      apiVersion: apiVersions,
      metadata: fc.oneof(value, fc.record({ name: fc.oneof(value, fc.constant('a')), labels: value })),
      spec,
      status: value,
      items: value,
      endpoints: value,
    });
    fc.assert(
      fc.property(object, (document) => {
        parseManifests(JSON.stringify(document), 'f.json');
      }),
      { seed: 6, numRuns: 3000 },
    );
  }, 60_000);
});
