// Imports follow the layer table, and docs/architecture.md shows the same table.
import { expect, test } from 'bun:test';
import { layerFaults } from './check-layers.ts';
import { entries, layers } from './layers.ts';
import { productSources, readProjectFile } from './project-files.ts';

function faultsOf(path: string, text: string): string[] {
  return layerFaults([{ path, text }]);
}

test('every import of the product is allowed by the layer table', () => {
  expect(layerFaults(productSources)).toEqual([]);
});

test('an upward import is refused, also of a type, on any line', () => {
  expect(faultsOf('src/model/a.ts', "import { x } from '#core/plan.ts';")).toHaveLength(1);
  expect(faultsOf('src/model/a.ts', "import type { X } from '#core/plan.ts';")).toHaveLength(1);
  expect(faultsOf('src/wire/a.ts', "export type {\n  X,\n} from '../core/plan.ts';")).toHaveLength(1);
  expect(faultsOf('src/wire/a.ts', "type X = import('#core/plan.ts').X;")).toHaveLength(1);
  expect(faultsOf('src/core/a.ts', "import type { Clock } from '#ports.ts';")).toHaveLength(1);
});

test('adapters do not know each other, and only entries and what they put together know native', () => {
  expect(faultsOf('src/state/a.ts', "import { x } from '#announce/b.ts';")).toHaveLength(1);
  expect(faultsOf('src/capture/a.ts', "import { x } from '#native/mod.ts';")).toHaveLength(1);
  expect(faultsOf('src/capture/worker.ts', "import { x } from '#native/mod.ts';")).toEqual([]);
  expect(faultsOf('src/compose/a.ts', "import { x } from '#native/mod.ts';")).toEqual([]);
  expect(faultsOf('src/daemon/a.ts', "import { x } from '#compose/a.ts';")).toHaveLength(1);
});

test('packages and built-in modules belong to their layers', () => {
  expect(faultsOf('src/core/a.ts', "import { readFileSync } from 'node:fs';")).toHaveLength(1);
  expect(faultsOf('src/wire/a.ts', "import { z } from 'zod';")).toHaveLength(1);
  expect(faultsOf('src/sources/file/a.ts', "import { z } from 'zod/v4';")).toEqual([]);
  expect(faultsOf('src/log.ts', "import { Log } from '#ports.ts';")).toEqual([]);
  expect(faultsOf('src/control/a.ts', "import { dlopen } from 'bun:ffi';")).toHaveLength(1);
  expect(faultsOf('src/daemon/a.ts', "import { DatabaseSync } from 'node:sqlite';")).toHaveLength(1);
});

test('ports imports types only', () => {
  expect(faultsOf('src/ports.ts', "import { x } from '#model/address.ts';")).toHaveLength(1);
  expect(faultsOf('src/ports.ts', "import type { X } from '#model/address.ts';")).toEqual([]);
});

test('an entry is imported by main.ts dynamically or started as a worker, by nobody else', () => {
  expect(faultsOf('src/cli/args.ts', "import { run } from './run.ts';")).toHaveLength(1);
  expect(faultsOf('src/main.ts', "import { run } from '#cli/run.ts';")).toHaveLength(1);
  expect(faultsOf('src/main.ts', "const { run } = await import('#cli/run.ts');")).toEqual([]);
  expect(faultsOf('src/capture/supervisor.ts', "new Worker(new URL('./worker.ts', import.meta.url))")).toEqual([]);
  expect(faultsOf('src/capture/supervisor.ts', "new Worker(new URL('./loop.ts', import.meta.url))")).toHaveLength(1);
});

test('a computed import and a file outside the layout are refused', () => {
  expect(faultsOf('src/cli/args.ts', 'await import(`./${name}.ts`);')).toHaveLength(1);
  expect(faultsOf('src/helpers/a.ts', '')).toHaveLength(1);
  expect(faultsOf('src/loose.ts', '')).toHaveLength(1);
});

test('words that look like imports in comments and strings are none', () => {
  const text = `// import { x } from '#core/a.ts';\n/* import '#core/b.ts' */\nconst s = "import { y } from '#core/c.ts'";`;
  expect(faultsOf('src/model/a.ts', text)).toEqual([]);
  expect(faultsOf('src/model/a.ts', `const r = /['"]/; import { x } from '#core/a.ts'; const q = 'x';`)).toHaveLength(
    1,
  );
});

/** The cells of the markdown table whose first heading is `heading`. */
function tableOf(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('docs/architecture.md shows the layer table and the entries as they are checked', () => {
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ') || '–';
  const wanted = layers.map(({ name, mayImport, packages, builtins }) => {
    return [`\`${name}\``, list(mayImport), list(packages), builtins === 'any' ? 'yes' : 'no'];
  });
  const page = readProjectFile('docs/architecture.md');
  expect(tableOf(page, 'Layer')).toEqual(wanted);
  expect(tableOf(page, 'Entry').map(([path]) => path)).toEqual(entries.map((path) => `\`${path}\``));
});
