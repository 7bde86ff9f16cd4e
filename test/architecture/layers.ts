// Who may import whom: the table of docs/architecture.md as data (a test keeps the two equal).

export interface Layer {
  name: string;
  /** Layers it may import besides itself. */
  mayImport: readonly string[];
  /** npm packages it may import. */
  packages: readonly string[];
  /** Built-in modules: none, or any but those that belong to one layer alone (see `ownedBuiltins`). */
  builtins: 'none' | 'any';
}

const adapter = ['core', 'wire', 'table', 'ports', 'model', 'log'];

export const layers: readonly Layer[] = [
  { name: 'model', mayImport: [], packages: ['ip-address'], builtins: 'none' },
  { name: 'wire', mayImport: ['model'], packages: [], builtins: 'none' },
  { name: 'table', mayImport: ['model'], packages: [], builtins: 'none' },
  { name: 'core', mayImport: ['wire', 'table', 'model'], packages: ['re2js'], builtins: 'none' },
  { name: 'ports', mayImport: ['model', 'table'], packages: [], builtins: 'none' },
  { name: 'log', mayImport: ['model', 'ports'], packages: [], builtins: 'any' },
  { name: 'sources', mayImport: adapter, packages: ['zod', 'yaml', 're2js'], builtins: 'any' },
  { name: 'election', mayImport: adapter, packages: [], builtins: 'any' },
  { name: 'hooks', mayImport: adapter, packages: [], builtins: 'any' },
  { name: 'announce', mayImport: adapter, packages: [], builtins: 'any' },
  { name: 'capture', mayImport: adapter, packages: [], builtins: 'any' },
  { name: 'state', mayImport: adapter, packages: [], builtins: 'any' },
  { name: 'native', mayImport: [], packages: [], builtins: 'any' },
  { name: 'daemon', mayImport: ['core', 'ports', 'model', 'log'], packages: [], builtins: 'any' },
  {
    name: 'control',
    mayImport: ['core', 'ports', 'model', 'log'],
    packages: ['prom-client', 'yaml'],
    builtins: 'any',
  },
  {
    name: 'compose',
    mayImport: [
      'announce',
      'capture',
      'daemon',
      'election',
      'hooks',
      'native',
      'sources',
      'core',
      'ports',
      'model',
      'log',
    ],
    packages: [],
    builtins: 'none',
  },
  { name: 'tui', mayImport: ['control', 'model'], packages: ['ink', 'react'], builtins: 'any' },
  {
    name: 'cli',
    mayImport: ['control', 'core', 'sources', 'model'],
    packages: ['commander', 'oui-data', 'yaml'],
    builtins: 'any',
  },
];

/** The places where everything is put together: they may import anything and nobody may import them. */
export const entries: readonly string[] = [
  'src/main.ts',
  'src/cli/run.ts',
  'src/cli/ui.ts',
  'src/cli/demo.ts',
  'src/cli/doctor.ts',
  'src/cli/capture.ts',
  'src/capture/worker.ts',
  'src/sources/file/parse-worker.ts',
];

/** Layers that decide or describe and touch nothing: no clock, no randomness, no I/O, no waiting. */
export const pureLayers: readonly string[] = ['model', 'wire', 'table', 'core'];

/** Built-in modules that belong to one layer alone. */
export const ownedBuiltins: ReadonlyMap<string, string> = new Map([
  ['bun:ffi', 'native'],
  ['node:sqlite', 'state'],
  ['bun:sqlite', 'state'],
]);

/** The layer of a file: its folder, or `entry`; undefined when it has no place in the layout. */
export function layerOf(path: string): string | undefined {
  if (entries.includes(path)) return 'entry';
  const [top, second] = path.split('/');
  if (top === 'native' || top === 'tui') return top;
  if (path === 'src/ports.ts') return 'ports';
  if (path === 'src/log.ts') return 'log';
  if (top !== 'src' || path.split('/').length < 3) return undefined;
  return layers.some(({ name }) => name === second) ? second : undefined;
}
