// Runs conformance cases: bun test/conformance/run.ts [--order step|document|services-first|pools-first|all] DIR...
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCase } from './case-file.ts';
import { type Order, orders, runCase } from './run-case.ts';

const { values, positionals } = options();

const chosen: readonly Order[] = values.order === 'all' ? orders : orders.filter((order) => order === values.order);
if (chosen.length === 0 || positionals.length === 0) {
  misused();
}

let passed = 0;
let failed = 0;
/** No assertion of the format is beyond what the product can answer. */
const skipped = 0;
for (const path of foundFiles()) {
  const failures = chosen.flatMap((order) => attempt(path, order).map((text) => `[${order}] ${text}`));
  if (failures.length === 0) {
    passed++;
    continue;
  }
  failed++;
  console.log(`FAIL ${path}: ${failures.join(' | ')}`);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function options() {
  const known = { order: { type: 'string', default: 'all' }, forgetful: { type: 'boolean', default: false } } as const;
  try {
    return parseArgs({ allowPositionals: true, options: known });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return misused();
  }
}

function misused(): never {
  console.error('usage: bun test/conformance/run.ts [--order step|document|services-first|pools-first|all] DIR...');
  process.exit(2);
}

/** A case that cannot be played at all fails with what stopped it. */
function attempt(path: string, order: Order): readonly string[] {
  try {
    return runCase(readCase(readFileSync(path, 'utf8')), order, values.forgetful);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The case files under all paths; ends the program when one of them cannot be read: a run that misses cases is no run. */
function foundFiles(): readonly string[] {
  try {
    return positionals.flatMap(caseFiles);
  } catch (error) {
    console.error(`Cannot read the cases: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

function caseFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const inside = join(path, name);
      if (statSync(inside).isDirectory()) return caseFiles(inside);
      return name.endsWith('.yaml') ? [inside] : [];
    });
}
