// What somebody can write wrong: each with its place, its code and what to do.
import { describe, expect, test } from 'bun:test';
import { configCodes } from '#sources/file/codes.ts';
import { parseManifests } from '#sources/file/parse-manifests.ts';

const pool = (spec: string) =>
  `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata:\n  name: blue\nspec:\n${spec}`;
const policy = (spec: string) =>
  `apiVersion: cilium.io/v2alpha1\nkind: CiliumL2AnnouncementPolicy\nmetadata:\n  name: lan\nspec:\n${spec}`;
const service = (rest: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n${rest}`;
const config = (spec: string) => `apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec:\n${spec}`;

const poolWith = (annotation: string) =>
  pool('  blocks: []\n').replace('name: blue\n', `name: blue\n  annotations:\n    ${annotation}\n`);
const asking = (annotation: string) => service(`  annotations:\n    ${annotation}\nspec: {type: LoadBalancer}\n`);

/** `line:column code` of each problem, with ` warning` or ` object` where it is not a document error. */
function places(text: string): string[] {
  return parseManifests(text, 'f.yaml').problems.map(({ line, column, code, scope, severity }) => {
    const kind = severity === 'warning' ? ' warning' : scope === 'object' ? ' object' : '';
    return `${line}:${column} ${code.slice(-3)}${kind}`;
  });
}

function only(text: string) {
  const { problems } = parseManifests(text, 'f.yaml');
  expect(problems).toHaveLength(1);
  return problems[0] ?? expect.unreachable();
}

const table: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  ['an exclusion that cannot be read', poolWith('lanlord.dev/exclude: "10.0.0.1, x"'), ['6:26 025 object']],
  ['an exclusion backwards', poolWith('lanlord.dev/exclude: 10.0.0.9-10.0.0.1'), ['6:26 025 object']],
  ['an exclusion of two families', poolWith('lanlord.dev/exclude: "10.0.0.1-::1"'), ['6:26 025 object']],
  ['exclusions of all forms', poolWith('lanlord.dev/exclude: "10.0.0.1,, 10.0.0.0/30 , fd00::1 - fd00::9"'), []],
  ['a priority with ten digits', poolWith('lanlord.dev/priority: "1234567890"'), ['6:27 025 warning']],
  ['a truth of Go', poolWith('lanlord.dev/allow-special: "T"'), []],
  ['a request that is no address', asking('lbipam.cilium.io/ips: "10.0.0.1, ten"'), ['6:27 015 object']],
  ['a request by an older name', asking('io.cilium/lb-ipam-ips: 010.0.0.1'), ['6:28 034 object']],
  ['a request by MetalLB’s name', asking('metallb.io/loadBalancerIPs: a,b'), ['6:33 015 object', '6:33 015 object']],
  ['a request by MetalLB’s older name', asking('metallb.universe.tf/loadBalancerIPs: a'), ['6:42 015 object']],
  ['a misspelt type of service', service('spec: {type: Loadbalancer}\n'), ['5:14 012 warning']],
  ['types of service that get no address', service('spec: {type: NodePort}\n'), []],
  ['a bad loadBalancerIP', service('spec: {type: LoadBalancer, loadBalancerIP: ten}\n'), ['5:44 015 object']],
  ['a request of a service that gets none', service('spec: {loadBalancerIP: ten}\n'), []],
  [
    'settings that are not acted on yet',
    config(
      '  election: {mode: lease}\n  hooks: {onChange: /bin/true}\n  metrics: {listen: ":1"}\n  reload: {watch: plan}\n',
    ),
    ['4:20 041 warning', '7:19 041 warning'],
  ],
  ['groups beyond 255', config('  election: {vrrp: {virtualRouterId: 200, groups: 57}}\n'), ['4:51 042']],
  ['groups up to 255', config('  election: {vrrp: {virtualRouterId: 200, groups: 56}}\n'), []],
  ['an id that the default groups exceed', config('  election: {vrrp: {virtualRouterId: 225}}\n'), ['4:38 042']],
  [
    'an interval between two steps',
    config('  election: {vrrp: {advertisementInterval: 105ms}}\n'),
    ['4:44 042 warning'],
  ],
  [
    'an interval that is never learned',
    config('  election: {vrrp: {advertisementInterval: 2s, maxLearnedInterval: 1s}}\n'),
    ['4:68 042'],
  ],
  ['a multicast peer', config('  election: {vrrp: {peers: [10.0.0.2, 224.0.0.18]}}\n'), ['4:39 042']],
  ['a peer that is no address', config('  election: {vrrp: {peers: [edge-2]}}\n'), ['4:29 015']],
  ['a group that is none', asking('lanlord.dev/group: "0"'), ['6:24 025 object']],
  ['a group', asking('lanlord.dev/group: "51"'), []],
  ['a metrics address without a port', config('  metrics: {listen: localhost}\n'), ['4:21 045']],
  ['a prefix that is too long', pool('  blocks:\n  - cidr: 192.168.10.0/33\n'), ['7:11 014 object']],
  ['a CIDR without prefix', pool('  blocks:\n  - cidr: 10.0.0.1\n'), ['7:11 014 object']],
  ['a leading zero', pool('  blocks:\n  - cidr: 010.0.0.0/24\n'), ['7:11 034 object']],
  ['a leading zero in start', pool('  blocks:\n  - {start: 10.0.0.08}\n'), ['7:13 034 object']],
  ['host bits', pool('  blocks:\n  - cidr: 10.0.0.5/24\n'), ['7:11 033 warning']],
  ['start after stop', pool('  blocks:\n  - start: 10.0.0.9\n    stop: 10.0.0.1\n'), ['7:12 016 object']],
  ['start and stop of two families', pool('  blocks:\n  - {start: 1.1.1.1, stop: "::1"}\n'), ['7:28 017 object']],
  ['a bad start', pool('  blocks:\n  - start: banana\n'), ['7:12 015 object']],
  ['stop without start', pool('  blocks:\n  - stop: 1.1.1.1\n'), ['7:11 018 object']],
  ['an empty block', pool('  blocks:\n  - {}\n'), ['7:5 018 object']],
  ['the old cidrs as objects', pool('  cidrs:\n  - cidr: 10.0.0.0/24\n'), ['6:3 023 warning']],
  ['the old cidrs as text, one bad', pool('  cidrs: [10.0.0.0/24, x]\n'), ['6:24 014 object', '6:3 023 warning']],
  ['an unknown field', pool('  serviceSelctor: {}\n'), ['6:3 002']],
  ['an unknown field of a block, once', pool('  blocks:\n  - cdir: 10.0.0.0/24\n'), ['7:5 002']],
  ['an unknown field of a selector', pool('  serviceSelector:\n    matchLabel: {}\n'), ['7:5 002']],
  ['an unknown top-level field', `${pool('  blocks: []\n')}spek: {}\n`, ['7:1 002']],
  ['a list that is text', pool('  blocks: 10.0.0.0/24\n'), ['6:11 010']],
  ['a word where a boolean belongs', pool('  disabled: maybe\n'), ['6:13 010']],
  ['yes', pool('  disabled: yes\n'), ['6:13 021 warning']],
  ['lower-case no', pool('  allowFirstLastIPs: no\n'), ['6:22 021 warning']],
  ['unquoted No', pool('  allowFirstLastIPs: No\n'), []],
  ['false for No', pool('  allowFirstLastIPs: false\n'), ['6:22 021 warning']],
  ['anything else for Yes or No', pool('  allowFirstLastIPs: Perhaps\n'), ['6:22 012']],
  [
    'a bad operator',
    pool('  serviceSelector:\n    matchExpressions:\n    - {key: a, operator: Inn}\n'),
    ['8:26 019 object'],
  ],
  [
    'an operator without values',
    pool('  serviceSelector:\n    matchExpressions:\n    - key: a\n      operator: In\n'),
    ['8:7 019 object'],
  ],
  [
    'a label key that Kubernetes does not know',
    pool('  serviceSelector:\n    matchLabels:\n      a: b\n      __proto__: x\n'),
    ['9:18 019 object'],
  ],
  [
    'a label value that Kubernetes does not know',
    pool('  serviceSelector:\n    matchLabels: {a: "b c"}\n'),
    ['7:22 019 object'],
  ],
  [
    'labels that are not text',
    pool('  serviceSelector:\n    matchLabels: {a: 1, b: true}\n'),
    ['7:22 010', '7:28 010'],
  ],
  ['an unquoted regex', policy('  interfaces: [ ^eth[0-9]+ ]\n  loadBalancerIPs: true\n'), ['6:21 003']],
  ['an unquoted regex without spaces', policy('  interfaces: [^eth[0-9]+]\n  loadBalancerIPs: true\n'), ['6:20 003']],
  ['a bad regex', policy('  interfaces: ["("]\n  loadBalancerIPs: true\n'), ['6:16 020 object']],
  ['look-around', policy('  interfaces:\n  - ^eth(?!0)\n  loadBalancerIPs: true\n'), ['7:5 020 object']],
  ['a back-reference', policy('  interfaces:\n  - (e)\\1\n  loadBalancerIPs: true\n'), ['7:5 020 object']],
  ['interfaces as text', policy('  interfaces: eth0\n  loadBalancerIPs: true\n'), ['6:15 010']],
  ['loadBalancerIPs: yes', policy('  loadBalancerIPs: yes\n'), ['6:20 021 warning']],
  ['loadBalancerIPs as quoted true', policy('  loadBalancerIPs: "true"\n'), ['6:20 010']],
  ['a policy with both kinds off', policy('  interfaces: [eth0]\n'), ['5:1 022 warning']],
  ['a policy with loadBalancerIPs misspelt, once', policy('  loadBalancerIP: true\n'), ['6:3 002']],
  ['a tab', pool('\tblocks: []\n'), ['6:1 004']],
  ['a key twice', pool('  blocks: []\n  blocks: []\n'), ['7:3 005']],
  ['a key twice in braces', pool('  blocks: [{cidr: 10.0.0.0/24, cidr: 10.0.0.0/24}]\n'), ['6:32 005']],
  ['a key twice in a service', service('metadata: {name: y}\n'), ['5:1 005']],
  ['an anchor and its alias', 'a: &x 1\nb: *x\n', ['1:4 006', '2:4 006']],
  ['an alias to nothing', 'a: *x\n', ['1:4 006']],
  ['an unknown tag', 'a: !foo 1\n', ['1:4 007']],
  ['a tag of YAML 1.1', 'a: !!binary aGk=\n', ['1:4 007']],
  ['an open bracket', 'a: {b: [\n', ['1:8 001']],
  ['an open quote', 'a: 1\nb: "x\nc: 1\n', ['2:4 001']],
  ['a value that goes on as a mapping', 'a: 1\n  b: 2\n', ['1:4 001']],
  ['a control character', 'a: \u0007\n', ['1:4 038']],
  ['a directive of YAML 1.1', '%YAML 1.1\n---\na: yes\n', ['1:1 040']],
  ['no kind', 'apiVersion: v1\nmetadata: {name: x}\n', ['1:1 030']],
  ['no object', '- a\n', ['1:1 030']],
  [
    'an unsupported version',
    'apiVersion: cilium.io/v3\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: x}\n',
    ['1:13 029'],
  ],
  ['a misspelt kind', 'apiVersion: cilium.io/v2\nkind: CiliumLoadbalancerIPpool\n', ['2:7 037 warning']],
  ['no name', 'apiVersion: v1\nkind: Service\nmetadata: {}\n', ['3:1 011']],
  ['no metadata', 'apiVersion: v1\nkind: Service\n', ['1:1 011']],
  ['a bad name', 'apiVersion: v1\nkind: Service\nmetadata: {name: ../etc}\n', ['3:18 035']],
  ['a bad time', 'apiVersion: v1\nkind: Node\nmetadata: {name: a, creationTimestamp: soon}\n', ['3:40 012']],
  ['a port that is text', service('spec:\n  ports:\n  - port: http\n'), ['7:11 010']],
  ['a port out of range', service('spec:\n  ports: [{port: 65536}]\n'), ['6:18 012']],
  ['an unknown family', service('spec: {ipFamilies: [IPv5]}\n'), ['5:21 012']],
  ['an annotation that is not text', service('  annotations: {a: true}\n'), ['5:20 010']],
  ['an unknown annotation of ours', service('  annotations:\n    lanlord.dev/grup: x\n'), ['6:5 024 warning']],
  ['an unknown annotation of Cilium', service('  annotations:\n    lbipam.cilium.io/ip: x\n'), ['6:5 024 warning']],
  [
    'annotations of others',
    service('  annotations: {metallb.io/address-pool: x, io.cilium/lb-ipam-ips: y, a: b}\n'),
    [],
  ],
  [
    'a priority that is no number',
    pool('').replace('blue', 'blue\n  annotations:\n    lanlord.dev/priority: high'),
    ['6:27 025 warning'],
  ],
  ['an unknown field of NodeConfig', config('  conflit: {}\n'), ['4:3 002']],
  ['a bad choice', config('  election: {mode: vrp}\n'), ['4:20 012']],
  ['a bad duration', config('  announce: {burst: [0ms, fast]}\n'), ['4:27 012']],
  ['a duration without unit', config('  announce: {refresh: 60}\n'), ['4:23 010']],
  ['a number out of range', config('  limits: {addresses: 0}\n'), ['4:23 012']],
  ['a limit that is no CIDR', config('  allowedPrefixes: [10.0.0.0]\n'), ['4:21 014']],
  ['a bad pattern of NodeConfig', config('  devices: {exclude: ["("]}\n'), ['4:23 020']],
  [
    'an object in a list',
    `apiVersion: v1\nkind: List\nitems:\n- ${pool('  blocks: [{cidr: x}]').replaceAll('\n', '\n  ')}\n`,
    ['9:21 014 object'],
  ],
  [
    'an object in a JSON list',
    '{"apiVersion":"v1","kind":"List","items":[\n {"apiVersion":"cilium.io/v2","kind":"CiliumLoadBalancerIPPool","metadata":{"name":"x"},"spec":{"blocks":[\n  {"cidr":"x"}]}}]}',
    ['3:11 014 object'],
  ],
  ['an entry of a list that is no object', 'apiVersion: v1\nkind: List\nitems:\n- 5\n', ['4:3 030']],
];

describe('parseManifests()', () => {
  for (const [what, text, expected] of table) {
    test(`places ${what}`, () => {
      expect(places(text).sort()).toEqual([...expected].sort());
    });
    test(`places ${what} in CRLF files and behind other documents`, () => {
      const before = '# comment\napiVersion: v1\nkind: Node\nmetadata: {name: n}\n---\n';
      const moved = expected.map((place) => place.replace(/^\d+/, (line) => String(Number(line) + 5)));
      // A directive cannot stand behind content.
      if (text.startsWith('%')) return;
      expect(places((before + text).replaceAll('\n', '\r\n')).sort()).toEqual(moved.sort());
    });
  }

  test('quotes the value and says what to do', () => {
    expect(only(pool('  blocks:\n  - cidr: 192.168.10.0/33\n'))).toMatchObject({
      file: 'f.yaml',
      path: 'spec.blocks[0].cidr',
      message: '"192.168.10.0/33" is not a CIDR: IPv4 prefix is 0 to 32',
    });
    expect(only(pool('  serviceSelctor: {}\n'))).toMatchObject({
      message: 'unknown field spec.serviceSelctor',
      hint: 'did you mean serviceSelector',
    });
    expect(only(policy('  interfaces: [ ^eth[0-9]+ ]\n  loadBalancerIPs: true\n'))).toMatchObject({
      message: 'interfaces: "[" starts a nested list here, so the regex is not text',
      hint: 'quote it: interfaces: ["^eth[0-9]+"]',
    });
    expect(only(policy('  loadBalancerIPs: yes\n'))).toMatchObject({
      message: 'loadBalancerIPs: "yes" is text in YAML 1.2; read as true, as Kubernetes does',
      hint: 'write: loadBalancerIPs: true',
    });
    expect(only(policy('  interfaces: [eth0]\n')).message).toContain('loadBalancerIPs');
    expect(only(pool('  cidrs: [10.0.0.0/24]\n')).message).toContain('blocks');
    expect(only(config('  delivery: locl\n')).hint).toBe('did you mean local');
  });

  test('suggests within edit distance 2 and not beyond', () => {
    expect(only(pool('  blks: []\n')).hint).toBe('did you mean blocks');
    expect(only(pool('  bks: []\n')).hint).toContain('known here: blocks');
  });

  test('reports several problems of one file in one go', () => {
    const text = [
      pool('  blocks: [{cidr: x}]\n  disbled: true\n'),
      'a: [\n',
      policy('  interfaces: ["("]\n'),
      pool('  allowFirstLastIPs: 3\n'),
    ].join('---\n');
    expect(places(text)).toEqual([
      '7:3 002',
      '6:19 014 object',
      '9:4 001',
      '16:16 020 object',
      '15:1 022 warning',
      '23:22 010',
    ]);
  });

  test('goes on behind the regex trap in the same document', () => {
    expect(places(policy('  interfaces: [ ^eth[0-9]+ ]\n  loadBalancerIPs: yes\n  serviceSelctor: {}\n'))).toEqual([
      '6:21 003',
      '8:3 002',
      '7:20 021 warning',
    ]);
  });

  test('yields no object from a document with document errors, and the others whole', () => {
    const text = [
      pool('  disbled: true\n'),
      service(''),
      policy('  interfaces: ["("]\n'),
      service('metadata: {name: b}\n'),
    ].join('---\n');
    expect(parseManifests(text, 'f').objects.map(({ kind }) => kind)).toEqual([
      'Service',
      'CiliumL2AnnouncementPolicy',
    ]);
  });

  test('uses only codes of the table', () => {
    for (const [, text] of table)
      for (const { code } of parseManifests(text, 'f').problems) expect(configCodes).toHaveProperty(code);
  });
});

test('a range in one text, as MetalLB writes it, is told how to write', () => {
  const hint = 'write: start: 10.0.0.1 and stop: 10.0.0.9';
  expect(only(pool('  blocks: [{start: 10.0.0.1-10.0.0.9}]\n')).hint).toBe(hint);
  expect(only(pool('  blocks: [{cidr: 10.0.0.1 - 10.0.0.9}]\n')).hint).toBe(hint);
});

test('a misspelt type of service is told the right one', () => {
  expect(only(service('spec: {type: Loadbalancer}\n')).hint).toBe('did you mean LoadBalancer');
});
