// Which ids the classes of addresses use, and in which group an address is.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ElectionClasses, type GroupWish, type Pin, pinnedGroup } from '#core/election-class.ts';
import { ElectionGroups, shardOf } from '#core/election-groups.ts';
import { parseAddress } from '#model/address.ts';
import type { Policy } from '#model/resources.ts';
import { address, policy, service } from '../../support/objects.ts';

const seed = 20_261_124;
const range = { virtualRouterId: 128, groups: 32 };
const nodeSelector = { matchLabels: { rack: 'a' } };
const bound = (name: string, block?: string): Policy =>
  policy(name, {
    nodeSelector,
    ...(block === undefined ? {} : { annotations: { 'lanlord.dev/virtual-router-id': block } }),
  });

/** Classes of one policy each, by the policy's name. */
function wishes(policies: readonly Policy[], pins: Readonly<Record<string, Pin<number>>> = {}): readonly GroupWish[] {
  const classes = new ElectionClasses(policies);
  return policies.map(({ name }) => ({ class: classes.of([name]), pin: pins[name] ?? null }));
}

function idsByClass(groups: ElectionGroups): Record<string, readonly number[] | string> {
  const of = ({ ids, refused }: ReturnType<ElectionGroups['classes']>[number]) => refused?.code ?? ids;
  return Object.fromEntries(groups.classes().map((one) => [one.class.key, of(one)]));
}

const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });

describe('classes', () => {
  const policies = [
    policy('all'),
    policy('blue', { serviceSelector: { matchLabels: { color: 'blue' } } }),
    policy('external', { loadBalancerIPs: false, externalIPs: true }),
    policy('broken', { serviceSelector: { matchExpressions: [{ key: 'x', operator: 'Nonsense' }] } }),
  ];

  test('are the names of the policies that want this kind of address of the service announced, sorted', () => {
    const classes = new ElectionClasses([...policies].reverse());
    const blue = service('a/b', { labels: { color: 'blue' } });
    expect(classes.policiesOf(blue, { loadBalancer: true, external: false })).toEqual(['all', 'blue']);
    expect(classes.policiesOf(blue, { loadBalancer: false, external: true })).toEqual(['external']);
    expect(classes.policiesOf(service('a/c'), { loadBalancer: true, external: true })).toEqual(['all', 'external']);
    expect(classes.policiesOf(service('a/c'), { loadBalancer: false, external: false })).toEqual([]);
  });

  test('a class of several policies has no block of one of them', () => {
    const classes = new ElectionClasses([bound('a', '200+8'), bound('b')]);
    expect(classes.of(['a']).block).toEqual({ first: 200, count: 8 });
    expect(classes.of(['a', 'b']).block).toBeNull();
    expect(classes.of(['a', 'b'])).toBe(classes.of(['a', 'b']));
  });

  test.each([
    ['51', 51],
    [' 255 ', 255],
    ['0', 'unreadable'],
    ['256', 'unreadable'],
    ['051', 'unreadable'],
    ['51+1', 'unreadable'],
    ['', 'unreadable'],
    ['blue', 'unreadable'],
  ] as const)('lanlord.dev/group: "%s" is %p', (text, pin) => {
    expect(pinnedGroup(service('a/b', { annotations: { 'lanlord.dev/group': text } }))).toBe(pin);
    expect(pinnedGroup(service('a/b'))).toBeNull();
  });
});

describe('ids', () => {
  test('classes without a nodeSelector share those of NodeConfig, every other one has a block of eight beside them', () => {
    const ids = idsByClass(new ElectionGroups(range, wishes([policy('a'), policy('b'), bound('c')])));
    expect(ids['a']).toEqual(Array.from({ length: 32 }, (_, i) => 128 + i));
    expect(ids['b']).toEqual(ids['a'] ?? []);
    expect(ids['c']).toHaveLength(8);
    expect(Number(ids['c']?.[0])).toBeGreaterThanOrEqual(160);
    expect(Number(ids['c']?.at(-1))).toBeLessThanOrEqual(255);
  });

  test('no two classes that differ in who may lead share an id, whatever is pinned', () => {
    const text = fc.constantFrom(undefined, undefined, '200+8', '204', '120+16', '160+90', 'x');
    const policyArbitrary = fc
      .record({ name: fc.stringMatching(/^[a-z]{1,3}$/), block: text })
      .map(({ name, block }) => bound(name, block));
    const check = (policies: readonly Policy[], common: number, groups: number) => {
      const found = new ElectionGroups({ virtualRouterId: common, groups }, wishes(policies)).classes();
      const owners = new Map<number, string>();
      for (const { class: own, ids } of found) {
        for (const id of ids) {
          expect(id).toBeWithin(1, 256);
          expect(owners.get(id) ?? own.key).toBe(own.key);
          owners.set(id, own.key);
        }
      }
    };
    const names = fc.uniqueArray(policyArbitrary, { selector: ({ name }) => name, maxLength: 40 });
    fc.assert(fc.property(names, fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 64 }), check), { seed });
  });

  test('follow from the set of wishes, not from their order or number', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 14 });
    const both = names.chain((all) => {
      const some = wishes(all.map((name) => bound(name)));
      return fc.tuple(fc.constant(some), shuffled([...some, ...some]));
    });
    fc.assert(
      fc.property(both, ([some, others]) => {
        expect(idsByClass(new ElectionGroups(range, others))).toEqual(idsByClass(new ElectionGroups(range, some)));
      }),
      { seed },
    );
  });

  test('a new class seldom moves another one', () => {
    let moved = 0;
    let all = 0;
    for (let i = 0; i < 500; i++) {
      const before = ['a', 'b', 'c'].map((name) => bound(`${name}-${i * 7919}`));
      const old = idsByClass(new ElectionGroups(range, wishes(before)));
      const fresh = idsByClass(new ElectionGroups(range, wishes([...before, bound(`new-${i}`)])));
      for (const name of Object.keys(old)) {
        all++;
        if (String(fresh[name]) !== String(old[name])) moved++;
      }
    }
    expect(moved / all).toBeLessThan(0.1);
  });

  test('a pinned block is that block; one that overlaps another or the common ids is refused, and harms no other', () => {
    const ids = (...policies: readonly Policy[]) => idsByClass(new ElectionGroups(range, wishes(policies)));
    const block = [200, 201, 202, 203, 204, 205, 206, 207];
    expect(ids(bound('a', '200+8'))).toEqual({ a: block });
    expect(ids(policy('a', { annotations: { 'lanlord.dev/virtual-router-id': '200+8' } }))).toEqual({ a: block });
    expect(ids(bound('a', '200+8'), bound('b', '207'))).toEqual({ a: block, b: 'group_id_taken' });
    expect(ids(bound('a', '120+16'), policy('b'))).toMatchObject({ a: 'group_id_taken' });
    expect(ids(bound('a', 'blue'))).toEqual({ a: 'block_unreadable' });
    expect(ids(bound('a', '250+8'))).toEqual({ a: 'block_unreadable' });
  });

  test('twelve classes fill the ids above, fifteen more those below; the next one is told that none are left', () => {
    const policies = Array.from({ length: 28 }, (_, i) => bound(`p${String(i).padStart(2, '0')}`));
    const found = new ElectionGroups(range, wishes(policies)).classes();
    expect(found.filter(({ ids }) => (ids[0] ?? 0) >= 160)).toHaveLength(12);
    expect(found.filter(({ ids }) => (ids[0] ?? 999) < 128)).toHaveLength(15);
    expect(found.flatMap(({ refused }) => refused ?? [])).toEqual([{ code: 'group_ids_exhausted', policies: ['p27'] }]);
  });

  test('an id that a service pins is taken out of the blocks that are found, unless its own class finds it', () => {
    const free = idsByClass(new ElectionGroups(range, wishes([bound('a')])))['a'] as readonly number[];
    const pin = free[3] ?? 0;
    const others = new ElectionGroups(range, wishes([bound('a'), policy('b')], { b: pin }));
    expect(idsByClass(others)['a']).not.toContain(pin);
    expect(idsByClass(new ElectionGroups(range, wishes([bound('a')], { a: pin })))['a']).toEqual(free);
  });
});

describe('the group of an address', () => {
  const ip = address('192.168.10.211');

  test('is the pinned id, also one of the common ids where every box may lead', () => {
    const [common, own] = wishes([policy('a'), bound('b')], { a: 130, b: 51 }) as [GroupWish, GroupWish];
    const groups = new ElectionGroups(range, [common, own]);
    expect(groups.idOf(common, ip)).toBe(130);
    expect(groups.idOf(own, ip)).toBe(51);
  });

  test('is refused where the id belongs to addresses that other boxes may lead', () => {
    const taken = (pins: Readonly<Record<string, Pin<number>>>, ...policies: readonly Policy[]) => {
      const all = wishes(policies, pins);
      const groups = new ElectionGroups(range, all);
      return all.map((wish) => groups.idOf(wish, ip));
    };
    expect(taken({ b: 130 }, bound('b'))).toEqual([{ code: 'group_id_taken', id: 130, by: [] }]);
    expect(taken({ a: 51, b: 51 }, bound('a'), bound('b'))).toEqual([
      51,
      { code: 'group_id_taken', id: 51, by: ['a'] },
    ]);
    expect(taken({ b: 203 }, bound('a', '200+8'), bound('b'))[1]).toEqual({
      code: 'group_id_taken',
      id: 203,
      by: ['a'],
    });
    expect(taken({ a: 'unreadable' }, policy('a'))).toEqual([{ code: 'group_pin_unreadable' }]);
    expect(taken({ a: 51, b: 51 }, policy('a'), policy('b'))).toEqual([51, 51]);
  });

  test('never changes: a box of another version must find the same', () => {
    const ids = Array.from({ length: 32 }, (_, i) => 128 + i);
    const of = (...texts: readonly string[]) => texts.map((text) => shardOf(address(text), ids));
    expect(of('192.168.10.211', '192.168.10.212', '10.0.0.1', '2001:db8::1')).toEqual([145, 154, 145, 141]);
    expect(idsByClass(new ElectionGroups(range, wishes([bound('lan')])))['lan']?.[0]).toBe(176);
  });

  test('changes only when its id goes, or a new one is greater', () => {
    const check = (text: string, count: number) => {
      const one = parseAddress(text) ?? ip;
      const ids = Array.from({ length: count }, (_, i) => 1 + i);
      const own = shardOf(one, ids);
      const others = ids.filter((id) => id !== own);
      for (const gone of others)
        expect(
          shardOf(
            one,
            ids.filter((id) => id !== gone),
          ),
        ).toBe(own);
      expect([own, count + 1]).toContain(shardOf(one, [...ids, count + 1]));
    };
    fc.assert(fc.property(fc.ipV4(), fc.integer({ min: 2, max: 40 }), check), { seed });
    fc.assert(fc.property(fc.ipV6(), fc.integer({ min: 2, max: 40 }), check), { seed });
  });

  test('neighbors in a block spread evenly', () => {
    const ids = Array.from({ length: 64 }, (_, i) => 64 + i);
    const counts = new Map<number, number>();
    for (let i = 0; i < 6400; i++) {
      const id = shardOf({ family: 'IPv4', value: 0x0a000000n + BigInt(i) }, ids);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // 100 each, give or take 10: five times that is never seen.
    for (const id of ids) expect(counts.get(id)).toBeWithin(50, 151);
  });
});
