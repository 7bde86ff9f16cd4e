// The fast reader equals `yaml` wherever it is certain.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { keptItems } from '#sources/file/fast-flow.ts';
import { readFast } from '#sources/file/fast-reader.ts';
import { LineIndex } from '#sources/file/line-index.ts';
import { preScan } from '#sources/file/pre-scan.ts';
import { readWithYaml } from '#sources/file/read-with-yaml.ts';
import { Reporter } from '#sources/file/reporter.ts';

function spansOf(text: string) {
  const reporter = new Reporter('t.yaml', () => new LineIndex(text));
  return preScan(text, reporter) ?? [];
}

/** Reads every document with both; returns how many the fast reader was certain of. */
function compare(text: string): { certain: number; all: number } {
  const spans = spansOf(text);
  let certain = 0;
  for (const span of spans) {
    const fast = readFast(text, span);
    if (!fast.certain) continue;
    certain++;
    const careful = readWithYaml(text, span.start, span.end, 0);
    if (careful.faults.length > 0) {
      throw new Error(`certain of a faulty text: ${JSON.stringify(text)}: ${JSON.stringify(careful.faults)}`);
    }
    expect(fast.document.value).toEqual(careful.document?.value);
    expect(JSON.stringify(fast.document.value)).toBe(JSON.stringify(careful.document?.value));
    expect([...fast.document.marks()].sort()).toEqual([...(careful.document?.marks() ?? [])].sort());
  }
  return { certain, all: spans.length };
}

const traps = [
  'a: No\nb: yes\nc: on\nd: y\n',
  'a: 0o17\nb: 0x1f\nc: 017\nd: 1e3\ne: +1\nf: 1_000\ng: 0b11\nh: .5\ni: 5.\nj: -0\nk: 1:30\nl: 0x\nm: 1e\nn: -.inf\no: .nan\np: 1.5e-7\nq: 0o8\nr: -0x1f\n',
  'a: 9007199254740993\nb: 123456789012345678901234567890\n',
  'a: ~\nb: null\nc: Null\nd: NULL\ne:\nf: nUll\ng: True\nh: FALSE\ni: tRue\n',
  'a: 2026-01-01\nb: 2026-01-01T00:00:00Z\nc: 190:20:30\nd: 52:54:00:12:34:56\ne: ::1\nf: fd00::a\ng: 010.0.0.1\n',
  'a: |\n  x\n  --- no marker\n\n  y\nb: |-\n  z\n',
  'a: |\n\n  leading blank\nb: 1\n',
  'a:\n- |\n  text\n- b\n',
  'a:\r\n  b: 1\r\n  c: |\r\n    x\r\n    y\r\nd:\r\n- 1\r\n',
  '\ufeffa: 1\n',
  '? a\n: b\n',
  '"quoted key": 1\n\'single\': 2\n"a\\u0062": 3\n',
  'a: "x\\ty\\"z\\\\"\nb: \'it\'\'s\'\nc: "\\x41\\/"\n',
  'a: "two\n  lines"\n',
  'a: two\n  lines\n',
  'a: [1, 2,\n 3]\nb: {c: d, e: [f, {g: h}], i: , j: "k"}\n',
  'a: {b}\n',
  'a: [b: c]\n',
  'a: [a, , b]\n',
  'a: [a, b,]\n',
  'a: { "b":1,"c":[] , d: {} }\n',
  'a: [::1, fd00::/64, a:b]\n',
  '{"a": 1, "b": [true, null, -1.5e3], "c": {"d": "\\u00e9"}}',
  '{\n\t"a": [\n\t\t1,\n\t\t2\n\t]\n}\n',
  '[\n  1\n]\n',
  '__proto__: {x: 1}\na: {__proto__: 2}\n',
  'constructor: 1\ntoString: 2\nhasOwnProperty: 3\n',
  'a: 1\na: 2\n',
  'a: {b: 1, b: 2}\n',
  '<<: {a: 1}\nb: 2\n',
  'a: &x 1\nb: *x\n',
  'a: !!str 1\n',
  'a: !foo 1\n',
  'a: - b\n',
  'a: b: c\n',
  'a: @x\n',
  'a: %x\n',
  'a: # comment\n  b: 1 # more\n# all\n  c: 2#3\n',
  'a:\n  # comment\n\n  b: 1\n# out\nc: 2\n',
  'a:\n\tb: 1\n',
  'a: b\tc\n',
  'a:\n  - b\n  - c: 1\n    d: 2\n  -\n    e: 3\n  - - f\n    - g\n  -   h: 4\n      i: 5\n',
  'a:\n- b\n- c\nd: e\n',
  'a:\n  b: 1\n c: 2\n',
  'a:\n  b: 1\n   c: 2\n',
  'a: 1\n b: 2\n',
  '- a\n- b: c\n-\n- d\n',
  'a\n',
  '"a"\n',
  '# only a comment\n',
  '---\n---\na: 1\n...\n---\nb: 2\n',
  '--- # comment\na: 1\n',
  '--- {a: 1}\n',
  '--- a\n',
  '%YAML 1.2\n---\na: 1\n',
  'a: "x" y\n',
  'a: [ ^eth[0-9]+ ]\n',
  'a: [^eth0$, "^b"]\n',
  'a: x #y\nb: x#y\nc: "#"\n',
  '1: a\n',
  'null: a\n',
  'true: a\n',
  'a : b\n"c" : d\n',
  'a:b\n',
  'a: -\n',
  'a: -b\nc: --d\ne: ?f\n',
  'a: |+\n  x\n\nb: 1\n',
  'a: >-\n  x\n  y\n',
  'a: |2\n   x\n',
  'a: |\n  x',
  'a: |\nb: 1\n',
  'a: ""\nb: \'\'\nc: []\nd: {}\n',
  'é: ü\na: 日本語 # x\n',
  'a: \u00a0x\u00a0\n',
  'a:    spaced   \nb:   "q"   # c\n',
  'a: [x\n]\n',
  'a:\n  [x,\n  y]\n',
  'a:\n  {b: 1}\nc: 2\n',
  'a: {b: 1}x\n',
  'a: {b: "c"d: 1}\n',
  'a: ["b""c"]\n',
];

describe('readFast()', () => {
  for (const [index, text] of traps.entries()) {
    test(`trap ${index} is read as yaml reads it, or given up: ${JSON.stringify(text).slice(0, 50)}`, () => {
      compare(text);
    });
  }

  test('equals yaml on documents generated from values in many styles', () => {
    const keyText = fc.oneof(
      fc.stringMatching(/^[a-z][a-zA-Z./-]{0,12}$/),
      fc.constantFrom('No', 'on', '__proto__', 'a b', 'x:y', '- a', '#a', '10', '1.5', 'null', '', '0x1', "it's", '"'),
    );
    const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
      leaf: fc.oneof(
        fc.string(),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(
          'yes',
          'No',
          '10.0.0.0/24',
          '::1',
          '0x1f',
          '1e3',
          '~',
          '',
          'a: b',
          'a #b',
          '- x',
          'line\nline',
          ' x',
          'x\n\n',
        ),
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(keyText, tie('tree'), { maxKeys: 5 }),
      ),
    }));
    const style = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 80),
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
      defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'),
    });
    let certain = 0;
    let all = 0;
    const root = fc.dictionary(keyText, tree, { maxKeys: 6 });
    fc.assert(
      fc.property(root, style, fc.boolean(), fc.boolean(), (value, options, crlf, json) => {
        const text = json ? JSON.stringify(value, null, options.indent) : stringify(value, options as object);
        const counts = compare(crlf ? text.replaceAll('\n', '\r\n') : text);
        certain += counts.certain;
        all += counts.all;
      }),
      { seed: 7, numRuns: 500 },
    );
    // The comparison is worth nothing when the fast reader gives everything up.
    expect(certain / all).toBeGreaterThan(0.5);
  }, 60_000);

  test('equals yaml on texts that somebody has scribbled in', () => {
    const scribble = fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 3 }),
      put: fc.oneof(
        fc.constantFrom(
          ':',
          '- ',
          '\n',
          ' ',
          '  ',
          '#',
          '"',
          "'",
          '[',
          ']',
          '{',
          '}',
          ',',
          '|',
          '>',
          '&a',
          '*a',
          '!t',
          '? ',
          '\t',
          '\r',
          ': ',
          ' #',
          '---\n',
          '%',
          '@',
          '0',
          '-',
          '\\',
        ),
        fc.string({ maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...traps, manifest),
        fc.array(scribble, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          let edited = text;
          for (const { at, cut, put } of edits) {
            const from = at % (edited.length + 1);
            edited = edited.slice(0, from) + put + edited.slice(from + cut);
          }
          compare(edited);
        },
      ),
      { seed: 11, numRuns: 20_000 },
    );
  }, 60_000);

  test('is certain of manifests as people and kubectl write them', () => {
    expect(compare(manifest)).toEqual({ certain: 3, all: 3 });
  });

  test('reads entries of `items` again one by one, with the values and marks of the careful reader', () => {
    const entries = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ kind: 'Node', list: [i, { a: `${i}` }] }));
    const styles = [
      (count: number) =>
        `{"kind": "List", "items": ${JSON.stringify([...entries(count), 5, 'x', null, [1]], null, 1)}}`,
      (count: number) => stringify({ kind: 'List', items: entries(count) }),
      (count: number) => stringify({ kind: 'List', items: entries(count) }, { indentSeq: false }),
    ];
    for (const style of styles) {
      const text = style(keptItems + 3);
      const [span] = spansOf(text);
      const fast = span && readFast(text, span);
      if (!span || !fast?.certain) throw new Error('expected the fast reader to be certain');
      const careful = readWithYaml(text, span.start, span.end, 0).document;
      const { items } = (careful?.value ?? { items: [] }) as { items: unknown[] };
      for (const index of [0, 1, keptItems - 1, keptItems, items.length - 4, items.length - 3, items.length - 1]) {
        const one = fast.document.item(index);
        expect(one.value).toEqual(items[index]);
        expect(one.start).toBe(careful?.item(index).start ?? -1);
        if (typeof one.value === 'object' && one.value !== null) {
          expect([...one.marks()].sort()).toEqual([...(careful?.item(index).marks() ?? [])].sort());
        }
      }
    }
    // Every entry is compared with its twin: seconds on a busy machine.
  }, 60_000);

  test('gives up nesting beyond 32 levels', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const [fits] = spansOf(nested(32));
    const [deep] = spansOf(nested(33));
    expect(fits && readFast(nested(32), fits).certain).toBe(true);
    expect(deep && readFast(nested(33), deep).certain).toBe(false);
  });
});

const manifest = `# a pool
apiVersion: cilium.io/v2
kind: CiliumLoadBalancerIPPool
metadata: {name: blue, annotations: {lanlord.dev/priority: "10"}}
spec:
  blocks:
  - cidr: 10.0.0.0/24   # the lab
  - {start: "10.0.1.1", stop: 10.0.1.9}
  allowFirstLastIPs: No
---
apiVersion: v1
kind: Service
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Service"}
    note: 'it''s'
  name: web
  namespace: default
spec:
  ports:
    - name: http
      port: 80
  selector: {}
status:
  loadBalancer: {}
---
{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Node", "metadata": {"name": "n1"}}]}
`;
