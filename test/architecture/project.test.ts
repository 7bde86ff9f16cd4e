// The top level, words that do not belong, and citations of RFCs.
import { expect, test } from 'bun:test';
import { foreignWords, topLevelFaults } from './check-files.ts';
import { citationsIn, uncitedRows, unknownCitations } from './check-rfcs.ts';
import { projectPaths, readProjectFile } from './project-files.ts';

const text = /\.(?:ts|tsx|mjs|json|yaml|yml|toml|md|sh|c|h|service|conf|lock|txt)$|^[A-Z]+$|^\.[\w/]+$/;
const textPaths = projectPaths.filter((path) => text.test(path));
/** The checkers themselves hold what they look for. */
const checked = textPaths.filter((path) => !path.startsWith('test/architecture/'));

test('the top level holds only its fixed entries, prose and dotfiles', () => {
  expect(topLevelFaults(projectPaths)).toEqual([]);
});

test('a new top-level entry is found', () => {
  expect(topLevelFaults(['lib/a.ts', 'src/a.ts', '.ci/run', 'README.md', 'a.txt'])).toHaveLength(2);
});

test('no file names a folder of a machine or a package registry', () => {
  expect(checked.flatMap((path) => foreignWords(path, readProjectFile(path)))).toEqual([]);
});

test('foreign words are found with their line', () => {
  expect(foreignWords('a.md', 'x\nsee /work/main')).toEqual(['a.md:2: "/work/"']);
  expect(foreignWords('a.md', '/root/.config and https://registry.npmjs.org/x')).toHaveLength(1);
  expect(foreignWords('a.md', 'home/work/x, net/root/y')).toEqual([]);
});

const citations = checked.flatMap((path) => citationsIn(path, readProjectFile(path)));

test('every cited RFC section is in the list with its title', () => {
  expect(unknownCitations(citations)).toEqual([]);
});

test('every section in the list is cited', () => {
  expect(uncitedRows(citations)).toEqual([]);
});

test('citations are read in all their forms', () => {
  const sections = (line: string): string[] => citationsIn('a.ts', line).map(({ rfc, section }) => `${rfc} ${section}`);
  expect(sections('// RFC 5227 §2.1.1: probe')).toEqual(['5227 2.1.1']);
  expect(sections('RFC 5227 §1.1, §2.3 and §3')).toEqual(['5227 1.1', '5227 2.3', '5227 3']);
  expect(sections('RFC 5227 §2.1–2.4')).toEqual(['5227 2.1', '5227 2.4']);
  expect(sections('RFC 826, RFC 4861 §7.2.6.')).toEqual(['826 ', '4861 7.2.6']);
});

test('an unknown section and an uncited row are found', () => {
  const rows = [{ rfc: 5227, section: '2.4', title: 'Ongoing Address Conflict Detection and Address Defense' }];
  expect(unknownCitations(citationsIn('a.ts', 'RFC 5227 §2.5'), rows)).toHaveLength(1);
  expect(unknownCitations(citationsIn('a.ts', 'RFC 5227 §2.4, RFC 5227'), rows)).toEqual([]);
  expect(uncitedRows(citationsIn('a.ts', 'RFC 5227'), rows)).toHaveLength(1);
});
