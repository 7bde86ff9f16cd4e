// No cycles, pure layers, small files with telling names.
import { expect, test } from 'bun:test';
import { importCycles } from './check-cycles.ts';
import { layerFaults } from './check-layers.ts';
import { purityFaults } from './check-purity.ts';
import { maximumLines, shapeFaults } from './check-shape.ts';
import { productSources } from './project-files.ts';

test('the product has no import cycle, types included', () => {
  expect(importCycles(productSources)).toEqual([]);
});

test('a cycle is found, also one of types and one of length one', () => {
  const cycle = [
    { path: 'src/core/a.ts', text: "import type { B } from './b.ts';" },
    { path: 'src/core/b.ts', text: "import { c } from '#core/c.ts';" },
    { path: 'src/core/c.ts', text: "export { a } from './a.ts';" },
  ];
  expect(importCycles(cycle)).toEqual(['src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts']);
  expect(importCycles([{ path: 'src/core/a.ts', text: "import { x } from './a.ts';" }])).toHaveLength(1);
  expect(importCycles(cycle.slice(0, 2))).toEqual([]);
});

test('the pure layers use no clock, no randomness, no waiting and no I/O', () => {
  expect(purityFaults(productSources)).toEqual([]);
});

test.each([
  'const t = Date.now();',
  'await x;',
  'const r = Math.random();',
  'process.env.HOME;',
  'performance.now();',
  'setTimeout(f, 1);',
  'console.log(1);',
  'fetch(url);',
  'Bun.file("x");',
  'globalThis.x;',
  'const s = `${Date.now()}`;',
  "require('node:fs');",
  "require('./b.ts');",
  'require(name);',
  'import.meta.dir;',
])('impure code is found: %s', (text) => {
  expect(purityFaults([{ path: 'src/core/a.ts', text }])).toHaveLength(1);
  expect(purityFaults([{ path: 'src/daemon/a.ts', text }])).toEqual([]);
});

test('prose, data and members are no impurity', () => {
  const text = "// await Date\nconst s = 'process';\nframe.process(1);\nconst o = { process: 1 };";
  expect(purityFaults([{ path: 'src/core/a.ts', text }])).toEqual([]);
});

test('a package may be evaluated on first use, where the layer table allows it', () => {
  const files = (name: string) => [{ path: 'src/core/a.ts', text: `const { x } = require('${name}');` }];
  expect(purityFaults(files('re2js'))).toEqual([]);
  expect(layerFaults(files('re2js'))).toEqual([]);
  expect(layerFaults(files('yaml'))).toHaveLength(1);
});

test('every file is small, kebab-case and named after what it holds', () => {
  expect(shapeFaults(productSources)).toEqual([]);
});

test.each([
  ['src/core/a.ts', 'x\n'.repeat(maximumLines + 1)],
  ['src/core/planMatches.ts', ''],
  ['src/core/index.ts', ''],
  ['src/core/string-utils.ts', ''],
  ['src/common/a.ts', ''],
  ['native/helpers.ts', ''],
])('a badly shaped file is found: %s', (path, text) => {
  expect(shapeFaults([{ path, text }])).toHaveLength(1);
});

test('a file of exactly the maximum length is accepted', () => {
  expect(shapeFaults([{ path: 'src/core/a.ts', text: 'x\n'.repeat(maximumLines) }])).toEqual([]);
});
