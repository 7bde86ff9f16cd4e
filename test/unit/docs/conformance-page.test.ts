// docs/conformance.md has a row for every case that a test names, and names tests that name the case.
import { expect, test } from 'bun:test';
import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dir, '../../..');
/** Families of cases whose identifiers stand in names of tests. */
const identifier = /\b(?:R|G|N|D|ND|ARP|ETH|ACD)-\d+\b/g;

interface Row {
  readonly id: string;
  readonly tests: string;
}

function rowsOf(page: string): Row[] {
  const lines = [...page.matchAll(/^\| ((?:R|G|N|D|ND|ARP|ETH|ACD)-\d+) \|.*\| (.*) \|$/gm)];
  return lines.map(([, id = '', tests = '']) => ({ id, tests }));
}

/** Identifier → the files, without their endings, with a test of that name. */
function casesOf(files: readonly { readonly name: string; readonly text: string }[]): Map<string, Set<string>> {
  const cases = new Map<string, Set<string>>();
  for (const { name, text } of files) {
    for (const [call] of text.matchAll(/\b(?:test|describe)\b[^\n]*/g)) {
      for (const [id] of call.matchAll(identifier)) cases.set(id, (cases.get(id) ?? new Set()).add(name));
    }
  }
  return cases;
}

function faults(rows: readonly Row[], cases: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const known = new Set(rows.map(({ id }) => id));
  const missing = [...cases.keys()].filter((id) => !known.has(id)).map((id) => `${id} has no row`);
  const wrong = rows.flatMap(({ id, tests }) => {
    if (tests === '–' || /^[A-Z]+-\d+$/.test(tests)) return [];
    const named = tests.match(/[a-z][a-z-]+/g) ?? [];
    return named.some((name) => cases.get(id)?.has(name)) ? [] : [`${id}: no test in ${tests} names it`];
  });
  return [...missing, ...wrong];
}

test('every case has a row, and its tests exist', () => {
  const paths = globSync('test/{unit,netns,binary}/**/*.test.ts', { cwd: root });
  const files = paths
    .filter((path) => !path.includes('/docs/'))
    .map((path) => ({ name: basename(path, '.test.ts'), text: readFileSync(join(root, path), 'utf8') }));
  const rows = rowsOf(readFileSync(join(root, 'docs/conformance.md'), 'utf8'));
  expect(rows.length).toBeGreaterThan(50);
  expect(faults(rows, casesOf(files))).toEqual([]);
});

test('a case without a row and a row without its test are found', () => {
  const cases = casesOf([{ name: 'arp', text: "test('R-1, ARP-3: a reply', () => {" }]);
  expect(faults(rowsOf('| R-1 | x | arp, wire |\n| ARP-3 | x | – |'), cases)).toEqual([]);
  expect(faults(rowsOf('| R-1 | x | wire |'), cases)).toEqual(['ARP-3 has no row', 'R-1: no test in wire names it']);
});
