// The reference pages are those that the product's tables give, and the tables cover what the product says.
import { expect, test } from 'bun:test';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { annotationNames } from '#core/annotation.ts';
import { reasonCodes } from '#core/explain-step.ts';
import { problemCodes } from '#model/problem-codes.ts';
import { knownAnnotations } from '#sources/file/known-annotations.ts';
import { schemaFields } from '#sources/file/schema-fields.ts';
import { table } from '../../../scripts/docs/markdown.ts';
import { defaultOf } from '../../../scripts/docs/node-config-defaults.ts';
import { generatedPages } from '../../../scripts/docs/pages.ts';

const root = resolve(import.meta.dir, '../../..');

for (const [path, text] of generatedPages()) {
  test(`${path} is what \`npm run docs\` writes`, () => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });
}

test('every code that the sources name is on a page', () => {
  const paths = globSync('src/**/*.ts', { cwd: root });
  const named = paths.flatMap((path) => readFileSync(join(root, path), 'utf8').match(/\bLL-[A-Z0-9]+-\d{3}\b/g) ?? []);
  const pages = [...generatedPages().values()].join('\n');
  const absent = [...new Set(named)].filter((code) => !code.endsWith('-000') && !pages.includes(`\`${code}\``));
  expect(named.length).toBeGreaterThan(50);
  expect(absent).toEqual([]);
});

test('no two reasons share a code', () => {
  const codes = Object.values(reasonCodes);
  expect(new Set(codes).size).toBe(codes.length);
});

test('every annotation that decides something is in the table of known ones', () => {
  const known = Object.values(knownAnnotations).flatMap((names) => Object.keys(names));
  expect(Object.values(annotationNames).filter(([first]) => !known.includes(first))).toEqual([]);
});

test('every problem code of the product has a row', () => {
  const sources = globSync('src/{core,daemon}/*.ts', { cwd: root }).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  );
  const said = sources.flatMap((text) =>
    [...text.matchAll(/(?:\bproblem\(\s*|\bcode: )'([A-Z][A-Z-]*)'/g)].map(([, code]) => code ?? ''),
  );
  expect(said.length).toBeGreaterThan(5);
  expect(said.filter((code) => !Object.hasOwn(problemCodes, code))).toEqual([]);
});

test('a field says what it takes and what it is for, whatever wraps it', () => {
  const schema = z.strictObject({
    spec: z.strictObject({
      words: z.array(z.string()).min(1).max(3).nullish().describe('some words'),
      time: z.string().describe('a duration').nullish().describe('how long'),
      text: z.string().nullish().describe('any'),
      list: z.array(z.strictObject({ port: z.int().min(0).max(9) })).nullish(),
      choice: z.enum(['a', 'b']),
    }),
  });
  expect(schemaFields(schema, ['spec'])).toEqual([
    { path: 'spec.words', takes: 'list: text; 1 to 3 entries', description: 'some words', required: false },
    { path: 'spec.time', takes: 'a duration', description: 'how long', required: false },
    { path: 'spec.text', takes: 'text', description: 'any', required: false },
    { path: 'spec.list', takes: 'list: mapping', description: '', required: false },
    { path: 'spec.list[].port', takes: '0 to 9', description: '', required: true },
    { path: 'spec.choice', takes: '`a`, `b`', description: '', required: true },
  ]);
  expect(() => schemaFields(schema, ['status'])).toThrow('no field "status"');
});

test('defaults are written as an operator writes them', () => {
  expect(defaultOf('announce.burst')).toBe('[0ms, 50ms, 200ms, 1100ms, 2200ms]');
  expect(defaultOf('announce.refresh')).toBe('60s');
  expect(defaultOf('hooks.onChange')).toBe('""');
  expect(defaultOf('node.labels')).toBe('{}');
  expect(defaultOf('announce')).toBeUndefined();
  expect(() => defaultOf('announce.nothing')).toThrow('no default');
});

test('a bar in a cell does not split it', () => {
  expect(table(['a'], [['x|y']])).toBe('| a |\n|---|\n| x\\|y |');
});
