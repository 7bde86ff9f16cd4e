// The conformance suite as part of `bun test`, one test per case.
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCase } from './case-file.ts';
import { orders, runCase } from './run-case.ts';

const cases = join(import.meta.dir, 'cases');

for (const half of ['ipam', 'l2']) {
  describe(`conformance ${half}`, () => {
    for (const name of readdirSync(join(cases, half)).sort()) {
      const file = readCase(readFileSync(join(cases, half, name), 'utf8'));
      test(`${file.name}: ${file.gist}`, () => {
        const failures = orders.flatMap((order) => runCase(file, order).map((text) => `[${order}] ${text}`));
        expect(failures).toEqual([]);
      });
      test(`${file.name} also holds when a restart loses the state store`, () => {
        expect(runCase(file, 'step', true)).toEqual([]);
      });
    }
  });
}
