// Builds dist/lanlord: one executable with the program, its workers and, where a C toolchain is at hand, libpcap.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BunPlugin } from 'bun';
import manifest from '../package.json' with { type: 'json' };
import { root } from './suite.ts';
import { withoutDevtools } from './without-devtools.ts';
import { workerPaths } from './worker-paths.ts';

/** Every file that starts a program or a thread of its own; a worker that is not listed here is not in the binary. */
const entries = ['main.ts', 'capture/worker.ts', 'sources/file/parse-worker.ts'];
const source = join(root, 'src');

/** What `native/embed/plugin.ts` hands over: a bundler plugin that puts libpcap in, or why there is none. */
type Embedding = { plugin: BunPlugin } | { reason: string };

function say(text: string): void {
  console.error(`build: ${text}`);
}

function fail(text: string): never {
  say(text);
  process.exit(1);
}

function git(...args: string[]): string | undefined {
  const result = Bun.spawnSync(['git', ...args], { cwd: root, stderr: 'ignore' });
  return result.success ? result.stdout.toString().trim() : undefined;
}

/** Short hash of the commit, `-dirty` with uncommitted changes, `unknown` outside a clone. */
function revision(): string {
  const hash = git('rev-parse', '--short=12', 'HEAD');
  if (hash === undefined) return 'unknown';
  return git('status', '--porcelain') === '' ? hash : `${hash}-dirty`;
}

async function embedding(): Promise<Embedding> {
  const file = join(root, 'native/embed/plugin.ts');
  if (!existsSync(file)) return { reason: 'native/embed/plugin.ts does not exist' };
  const module: { embedLibpcap?: () => Promise<Embedding> } = await import(file);
  if (module.embedLibpcap === undefined) return { reason: 'native/embed/plugin.ts exports no embedLibpcap' };
  return await module.embedLibpcap();
}

async function plugins(): Promise<BunPlugin[]> {
  const embedded = await embedding();
  if ('plugin' in embedded) return [embedded.plugin];
  const consequence = `Cannot embed libpcap: ${embedded.reason}`;
  if (process.env['CI'] === 'true') fail(`${consequence} (a build in CI must have it)`);
  say(`${consequence}; this binary will need the libpcap of the box it runs on`);
  return [];
}

const outfile = join(root, 'dist/lanlord');
const startedAt = performance.now();
mkdirSync(join(root, 'dist'), { recursive: true });
// Put in place by a rename: a build that fails, or is still at work, leaves the last good one for whoever starts it.
const workshop = mkdtempSync(join(root, 'dist', '.building-'));
const unfinished = join(workshop, 'lanlord');
process.on('exit', () => rmSync(workshop, { recursive: true, force: true }));
const result = await Bun.build({
  entrypoints: entries.map((file) => join(source, file)),
  root: source,
  target: 'bun',
  format: 'esm',
  // The daemon and its workers load their own parts only: what is not loaded costs neither time nor memory.
  splitting: true,
  // 20 ms instead of 42 ms from exec to the output of `version`: see docs/decisions/0003-one-binary.md.
  bytecode: true,
  // Names stay, so that a stack trace still says where.
  minify: { whitespace: true, syntax: true, identifiers: false, keepNames: true },
  sourcemap: 'inline',
  define: {
    // React's and ink's own checks of themselves are for those who change the interface, and make every frame slower.
    'process.env.NODE_ENV': '"production"',
    LANLORD_VERSION: JSON.stringify(manifest.version),
    LANLORD_REVISION: JSON.stringify(revision()),
  },
  plugins: [workerPaths(source, entries), withoutDevtools, ...(await plugins())],
  // The folder somebody happens to stand in must not decide what a privileged program loads.
  compile: {
    outfile: unfinished,
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
  throw: false,
});
for (const message of result.logs) console.error(message);
if (!result.success) fail('the bundler reported errors');
renameSync(unfinished, outfile);
const megabytes = Bun.file(outfile).size / 1e6;
say(`dist/lanlord: ${megabytes.toFixed(0)} MB in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
