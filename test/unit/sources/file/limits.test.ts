// The limits of what is read, each at its bound and beyond, and input that was made to hurt.
import { describe, expect, test } from 'bun:test';
import { parseManifests } from '#sources/file/parse-manifests.ts';
import { maxDocuments, maxFileBytes, maxNesting } from '#sources/file/pre-scan.ts';

function codes(text: string): string[] {
  return parseManifests(text, 'f.yaml').problems.map(({ code }) => code.slice(-3));
}

const node = (name: string, more = '') => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\n${more}`;
const pool = (spec: string) =>
  `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: p}\nspec: ${spec}\n`;
const policy = (interfaces: string) =>
  `apiVersion: cilium.io/v2alpha1\nkind: CiliumL2AnnouncementPolicy\nmetadata: {name: p}\nspec: {loadBalancerIPs: true, interfaces: ${interfaces}}\n`;
const list = (count: number, entry: (index: number) => string) =>
  `[${Array.from({ length: count }, (_, i) => entry(i)).join(', ')}]`;

/** A block, or with `careful` one that only the careful reader reads. */
const nested = (depth: number, careful: boolean) =>
  node('n', `x: ${careful ? '!!seq ' : ''}${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}\n`);

describe('limits', () => {
  test('64 MiB of file', () => {
    const text = node('n');
    const filler = (bytes: number) => `${text}#${' '.repeat(bytes - text.length - 1)}`;
    expect(codes(filler(maxFileBytes))).toEqual([]);
    expect(codes(filler(maxFileBytes + 1))).toEqual(['009']);
    // Bytes count, not characters.
    expect(codes(`${text}#${'é'.repeat(maxFileBytes / 2)}`)).toEqual(['009']);
  }, 30_000);

  test('200,000 documents', () => {
    const many = (count: number) => 'a: 1\n---\n'.repeat(count - 1);
    const last = (count: number) => parseManifests(`${many(count)}a: 1\n`, 'f').problems.at(-1);
    expect(last(maxDocuments)?.code).toBe('LL-CFG-039');
    expect(last(maxDocuments + 1)).toMatchObject({ code: 'LL-CFG-009', line: maxDocuments * 2 });
  }, 30_000);

  test('200,000 entries of lists, in one list or several', () => {
    const entries = (count: number) => '- apiVersion: v1\n  kind: ConfigMap\n'.repeat(count);
    const list = (count: number) => `apiVersion: v1\nkind: List\nitems:\n${entries(count)}`;
    const found = (text: string) => parseManifests(text, 'f').problems.map(({ code, line }) => `${code}:${line}`);
    expect(found(list(maxDocuments - 1))).toEqual([]);
    expect(found(list(maxDocuments))).toEqual([`LL-CFG-009:${2 * maxDocuments + 2}`]);
    const half = maxDocuments / 2;
    expect(found(`${list(half)}---\n${list(half - 2)}`)).toEqual([]);
    expect(found(`${list(half)}---\n${list(half - 1)}`)).toEqual([`LL-CFG-009:${2 * maxDocuments + 4}`]);
  }, 60_000);

  test('thousands of bad entries of one service hide no other problem and refuse no other object', () => {
    const service = (name: string, ips: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: d, annotations: {lbipam.cilium.io/ips: "${ips}"}}\nspec: {type: LoadBalancer}\n`;
    const bad = list(5000, (i) => `z${i}`).slice(1, -1);
    const one = parseManifests(`${service('a', bad)}---\n${service('b', 'nothing')}`, 'f');
    expect(one.problems).toHaveLength(12);
    expect(one.problems.at(-1)?.message).toContain('"nothing"');
    expect(one.objects).toHaveLength(2);
    const many = parseManifests(
      list(1100, (i) => service(`s${i}`, 'z'))
        .slice(1, -1)
        .replaceAll(', apiVersion', '---\napiVersion'),
      'f',
    );
    expect(many.objects).toHaveLength(1100);
    expect(many.problems.at(-1)).toMatchObject({ code: 'LL-CFG-039', severity: 'error', scope: 'object' });
  });

  for (const careful of [false, true]) {
    test(`32 levels of nesting, ${careful ? 'careful' : 'fast'} reader`, () => {
      expect(codes(nested(maxNesting, careful))).toEqual([]);
      expect(codes(nested(maxNesting + 1, careful))).toEqual(['008']);
    });
  }

  test('32 levels by indentation and by dashes', () => {
    const indented = (depth: number) =>
      node('n', Array.from({ length: depth - 1 }, (_, i) => `${' '.repeat(i)}k:\n`).join(''));
    const dashed = (depth: number) => node('n', `x:\n  ${'- '.repeat(depth - 1)}a\n`);
    expect(codes(indented(maxNesting))).toEqual([]);
    expect(codes(indented(maxNesting + 2))).toEqual(['008']);
    expect(codes(dashed(maxNesting))).toEqual([]);
    expect(codes(dashed(maxNesting + 1))).toEqual(['008']);
  });

  test('1,024 blocks of a pool', () => {
    const blocks = (count: number) => pool(`{blocks: ${list(count, (i) => `{start: 10.0.${i >> 8}.${i & 255}}`)}}`);
    expect(codes(blocks(1024))).toEqual([]);
    expect(codes(blocks(1025))).toEqual(['026']);
  });

  test('32 patterns of a policy, 256 characters each', () => {
    expect(codes(policy(list(32, (i) => `eth${i}`)))).toEqual([]);
    expect(codes(policy(list(33, (i) => `eth${i}`)))).toEqual(['026']);
    expect(codes(policy(`[${'e'.repeat(256)}]`))).toEqual([]);
    expect(codes(policy(`[${'e'.repeat(257)}]`))).toEqual(['026']);
  });

  test('256 requirements of a selector', () => {
    const selector = (count: number) =>
      pool(`{serviceSelector: {matchExpressions: ${list(count, (i) => `{key: k${i}, operator: Exists}`)}}}`);
    expect(codes(selector(256))).toEqual([]);
    expect(codes(selector(257))).toEqual(['026']);
  });

  test('1,000 problems of one file are listed, the rest is counted', () => {
    const { problems } = parseManifests('a: 1\n---\n'.repeat(1500), 'f');
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)?.message).toBe('500 more problems in this file are not listed');
  });
});

describe('hostile input', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(9)}]`)
    .join('\n')}\n`;
  const hostile: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    ['billion laughs', bomb, Array.from({ length: 71 }, () => '006')],
    ['20,000 open brackets', '['.repeat(20_000), ['008']],
    ['20,000 open braces', 'a: '.concat('{a: '.repeat(20_000)), ['008']],
    ['a million open brackets behind an odd start', `!x ${'['.repeat(1_000_000)}`, ['008']],
    ['brackets hidden in what looks like a quote', `[ a ' ${'['.repeat(20_000)} '`, ['008']],
    ['brackets behind a closing that is text', `${`${'['.repeat(30)}"${']'.repeat(30)}",`.repeat(1000)}`, ['008']],
    ['20,000 dashes', '- '.repeat(20_000), ['008']],
    ['20,000 question marks', '? '.repeat(20_000), ['008']],
    ['a key of 100,000 characters', `${'k'.repeat(100_000)}: 1\n`, ['001']],
    ['a name of 100,000 characters', node('n'.repeat(100_000)), ['035']],
    ['100,000 quotes', '"'.repeat(100_001), ['001']],
    ['escapes without end', `a: "${'\\'.repeat(99_999)}`, ['001']],
    ['a megabyte of spaces', ' '.repeat(1_000_000), []],
    ['a megabyte of line ends', '\n'.repeat(1_000_000), []],
    ['a NUL', 'a: \0\n', ['038']],
    ['an escape sequence', 'a: \u001b[2J\n', ['038']],
  ];
  for (const [what, text, expected] of hostile) {
    test(`${what} finishes soon`, () => {
      const start = performance.now();
      expect(codes(text)).toEqual([...expected]);
      expect(performance.now() - start).toBeLessThan(3000);
    });
  }

  test('__proto__ and constructor are keys like others and change nothing', () => {
    const text = `${node('n').replace('{name: n}', '{name: n, labels: {__proto__: a, constructor: b}}')}__proto__: {polluted: 1}\n`;
    const { objects, problems } = parseManifests(text, 'f');
    expect(problems).toEqual([]);
    const labels = objects[0]?.kind === 'Node' ? objects[0].resource.labels : {};
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const strict = pool('{__proto__: {a: 1}, constructor: 5}');
    expect(parseManifests(strict, 'f').problems.map(({ path }) => path)).toEqual([
      'spec.__proto__',
      'spec.constructor',
    ]);
    expect(codes('__proto__: 1\nkind: __proto__\napiVersion: __proto__\n')).toEqual([]);
  });

  test('messages are cut, whatever the length of names and values', () => {
    const long = 'x'.repeat(100_000);
    const texts = [
      pool(`{blocks: "${long}"}`),
      pool(`{"${long.slice(0, 900)}": 1}`),
      pool(`{blocks: [{cidr: "${long}"}]}`),
      node(long),
      `apiVersion: v1\nkind: Node\nmetadata: {name: n, annotations: {lanlord.dev/${long.slice(0, 900)}: a}}\n`,
      policy(`["${'('.repeat(200)}"]`),
      `apiVersion: cilium.io/v3${long}\nkind: CiliumLoadBalancerIPPool\n`,
      `apiVersion: cilium.io/v2\nkind: "${long}"\n`,
    ];
    for (const text of texts) {
      for (const { message, hint, path } of parseManifests(text, 'f').problems) {
        expect(message.length).toBeLessThan(700);
        expect(hint.length).toBeLessThan(700);
        expect(path.length).toBeLessThanOrEqual(500);
      }
    }
  });
});
