// README and docs say nothing false about files, links and scripts.
import { expect, test } from 'bun:test';
import manifest from '../../package.json' with { type: 'json' };
import { docFaults, type Existing } from './check-docs.ts';
import { projectPaths, readProjectFile } from './project-files.ts';

const pages = projectPaths
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readProjectFile(path) }));
const here: Existing = { paths: projectPaths, scripts: Object.keys(manifest.scripts) };

test('every link, path and script that a page mentions exists', () => {
  expect(docFaults(pages, here)).toEqual([]);
});

const existing: Existing = { paths: ['docs/a.md', 'docs/b.md', 'src/core/plan.ts'], scripts: ['ok'] };

function faultsOf(text: string): string[] {
  const page = { path: 'docs/a.md', text };
  return docFaults([page, { path: 'docs/b.md', text: '# The `first` page, really\n' }], existing);
}

test.each([
  '[b](c.md)',
  '[b](../README.md)',
  '[b](b.md#second)',
  '`src/core/plans.ts`',
  'bun test/core/x.ts',
  '`src/{model,wire}/plan.ts`',
  'npm run never',
])('a false mention is found: %s', (text) => {
  expect(faultsOf(text)).toHaveLength(1);
});

test.each([
  '[b](b.md)',
  '[b](b.md#the-first-page-really)',
  '[b](https://example.org/src/x)',
  '`src/core/plan.ts`, `src/core`, `src/core/`',
  '`src/{core,wire}/*.ts`',
  '/usr/src/linux and my/src/x',
  'npm run ok',
])('a true mention is none: %s', (text) => {
  expect(faultsOf(text)).toEqual([]);
});

test('docs/architecture.md lists every decision record', () => {
  const index = readProjectFile('docs/architecture.md');
  const records = projectPaths.filter((path) => /^docs\/decisions\/\d{4}-/.test(path));
  expect(records.length).toBeGreaterThan(0);
  expect(records.filter((path) => !index.includes(`](${path.replace('docs/', '')})`))).toEqual([]);
});
