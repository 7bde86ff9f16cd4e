// docs/conformance.md has a row for every case that a test names, and names tests that name the case.
import { expect, test } from 'bun:test';
import { existsSync, globSync, readFileSync } from 'node:fs';
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

interface Question {
  readonly numbers: readonly number[];
  readonly files: readonly string[];
  /** Files of their own, where no test is named after a question. */
  readonly others: readonly string[];
}

/** Rows of the table of questions: `wire` stands for `questions-wire`. */
function questionsOf(page: string): readonly Question[] {
  const part = page.slice(page.indexOf('## Questions of the night'), page.indexOf('## Where sources differ'));
  return [...part.matchAll(/^\| ([\d, ]+) \|.*\| (.*) \|$/gm)].map(([, numbers = '', tests = '']) => ({
    numbers: numbers.split(',').map(Number),
    files: tests.match(/\b(?:wire|daemon|boxes)\b/g) ?? [],
    others: (tests.match(/[a-z-]+/g) ?? []).filter((name) => existsSync(join(root, `test/netns/${name}.test.ts`))),
  }));
}

/** The numbers that the names of tests begin with. */
function askedIn(text: string): ReadonlySet<number> {
  const names = [...text.matchAll(/\btest\('([\d, ]+):/g)];
  return new Set(names.flatMap(([, numbers = '']) => numbers.split(',').map(Number)));
}

test('every question of the night has a row, and every file of its row a test that asks it', () => {
  const questions = questionsOf(readFileSync(join(root, 'docs/conformance.md'), 'utf8'));
  const wanted = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 17, 18, 19, 20, 25, 26, 27, 28, 29, 33];
  const rows = questions.flatMap(({ numbers }) => numbers);
  expect(new Set(rows).size).toBe(rows.length);
  expect(wanted.filter((n) => !rows.includes(n))).toEqual([]);
  const asked = new Map(
    ['wire', 'daemon', 'boxes'].map((name) => {
      return [name, askedIn(readFileSync(join(root, `test/netns/questions-${name}.test.ts`), 'utf8'))] as const;
    }),
  );
  const absent = questions.flatMap(({ numbers, files }) => {
    return files.flatMap((name) => numbers.filter((n) => !asked.get(name)?.has(n)).map((n) => `${n} in ${name}`));
  });
  expect(absent).toEqual([]);
  expect(questions.filter(({ files, others }) => files.length + others.length === 0)).toEqual([]);
  expect([...asked.values()].flatMap((numbers) => [...numbers]).filter((n) => !rows.includes(n))).toEqual([]);
});
