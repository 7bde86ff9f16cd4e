// Objects of MetalLB are skipped, with a word about what to write in their place; and what is written so is accepted.
import { describe, expect, test } from 'bun:test';
import { foreignProblems } from '#core/config-problems.ts';
import { parseManifests } from '#sources/file/parse-manifests.ts';

function ofMetallb(kind: string, spec: string, name = 'first'): string {
  return `apiVersion: metallb.io/v1beta1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: metallb-system}\nspec: ${spec}\n`;
}

function hintOf(kind: string, spec: string): string {
  const { problems, objects, skipped } = parseManifests(ofMetallb(kind, spec), 'm.yaml');
  expect(objects).toEqual([]);
  expect([...skipped]).toEqual([[kind, 1]]);
  expect(problems).toMatchObject([{ code: 'LL-CFG-046', severity: 'warning', scope: 'object', line: 2, column: 7 }]);
  return problems[0]?.hint ?? '';
}

/** The manifest in a hint, as lanlord reads it. */
function writtenSo(hint: string) {
  const manifest = /^write (\{.*\})(?:; .*)?$/.exec(hint)?.[1] ?? '';
  const { problems, pools, policies } = parseManifests(manifest, 'ours.yaml');
  expect(problems).toEqual([]);
  return { pools, policies };
}

describe('what stands in for', () => {
  test('an IPAddressPool is a pool with the same addresses', () => {
    const hint = hintOf('IPAddressPool', '{addresses: ["192.0.2.0/28", "192.0.2.100-192.0.2.110", "2001:db8::/120"]}');
    expect(writtenSo(hint).pools).toMatchObject([
      {
        name: 'first',
        allowFirstLastIPs: true,
        blocks: [{ cidr: '192.0.2.0/28' }, { start: '192.0.2.100', stop: '192.0.2.110' }, { cidr: '2001:db8::/120' }],
      },
    ]);
  });

  test('avoidBuggyIPs is allowFirstLastIPs: No, and autoAssign: false needs a selector', () => {
    const hint = hintOf('IPAddressPool', '{addresses: ["192.0.2.0/24"], avoidBuggyIPs: true, autoAssign: false}');
    expect(writtenSo(hint).pools).toMatchObject([{ allowFirstLastIPs: false }]);
    expect(hint).toContain('serviceSelector');
  });

  test('an L2Advertisement is a policy on the same interfaces', () => {
    const hint = hintOf('L2Advertisement', '{interfaces: [eth0, br.lan], ipAddressPools: [first]}');
    expect(writtenSo(hint).policies).toMatchObject([
      { name: 'first', loadBalancerIPs: true, interfaces: ['^eth0$', '^br\\.lan$'] },
    ]);
    expect(hint).toContain('serviceSelector in the place of ipAddressPools');
  });

  test('BGP is nothing', () => {
    for (const kind of ['BGPPeer', 'BGPAdvertisement', 'BFDProfile', 'Community']) {
      expect(hintOf(kind, '{}')).toContain('by ARP and NDP');
    }
  });
});

test('objects of any shape are told without a fall, and nothing of them gets into the hint as it is', () => {
  for (const spec of [
    'null',
    '5',
    '[1]',
    '{addresses: 7}',
    '{addresses: [null, "x", "1-2-3"]}',
    '{interfaces: {a: b}}',
  ]) {
    for (const kind of ['IPAddressPool', 'L2Advertisement', 'AddressPool']) writtenSo(hintOf(kind, spec));
  }
  const hostile = parseManifests(ofMetallb('IPAddressPool', '{}', '"a}, spec: {x"'), 'm.yaml');
  expect(hostile.problems[0]?.hint).toContain('metadata: {name: NAME}');
});

test('other kinds of MetalLB, such as what its operator keeps, are skipped without a word', () => {
  expect(parseManifests(ofMetallb('ServiceL2Status', '{}'), 'm.yaml').problems).toEqual([]);
});

test('a running daemon has one problem for all of them, which begins with the place of the first', () => {
  const pools = [1, 2, 3]
    .map((i) => ofMetallb('IPAddressPool', '{addresses: ["192.0.2.0/28"]}', `p${i}`))
    .join('---\n');
  const [problem, ...others] = foreignProblems(parseManifests(pools, 'm.yaml').problems);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    code: 'FOREIGN',
    severity: 'info',
    hint: expect.stringContaining('write {apiVersion'),
  });
  expect(problem?.message).toStartWith('m.yaml:2:7: kind "IPAddressPool" is a pool of MetalLB');
  expect(problem?.message).toEndWith('(and 2 more such documents)');
  expect(foreignProblems([])).toEqual([]);
});
