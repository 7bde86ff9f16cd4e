import { afterAll, beforeAll, expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedLibpcap } from '../../native/embed/plugin.ts';

// Needs root: a mount namespace in which the system has no libpcap.
const directory = mkdtempSync(join(tmpdir(), 'native-embedded-'));
const support = join(import.meta.dir, '../support');
const embedded = await embedLibpcap();
const skipped = 'reason' in embedded;
if (skipped) console.log(`skipped: libpcap cannot be embedded here: ${embedded.reason}`);

async function compile(name: string, plugins: Bun.BunPlugin[]): Promise<string> {
  const outfile = join(directory, name);
  const entrypoints = ['embedded-probe.ts', 'post-libpcap-origin.ts'].map((file) => join(support, file));
  const built = await Bun.build({ entrypoints, root: support, target: 'bun', plugins, compile: { outfile } });
  expect(built.success).toBe(true);
  return outfile;
}

// An empty file over each libpcap that the loader could find.
const HIDE = 'for f in $(ldconfig -p | sed -n "s/.*libpcap[.]so.* => //p"); do mount --bind /dev/null "$f"; done';
const NOBODY = [
  'setpriv --reuid=65534 --regid=65534 --clear-groups',
  '--bounding-set=-all,+net_raw --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw',
].join(' ');

function run(script: string) {
  const result = Bun.spawnSync(['unshare', '--mount', '--net', 'sh', '-c', `${HIDE}; ip link set lo up; ${script}`], {
    cwd: directory,
  });
  return JSON.parse(result.stdout.toString());
}

beforeAll(() => chmodSync(directory, 0o755));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.skipIf(skipped)(
  'a binary with the embedded copy captures on a box without libpcap, as nobody with CAP_NET_RAW',
  async () => {
    const binary = await compile('with', 'plugin' in embedded ? [embedded.plugin] : []);
    const before = readdirSync('/tmp');
    const report = run(`${NOBODY} ${binary}`);
    expect(report.own.value.kind).toBe('embedded');
    expect(report.worker).toEqual(report.own);
    expect(report.link).toBe('open');
    expect(report.uid).toBe(65534);
    // Opening the embedded path itself would leave a copy of the library behind.
    expect(readdirSync('/tmp').filter((name) => !before.includes(name) && name.endsWith('.so'))).toEqual([]);
  },
  60_000,
);

test.skipIf(skipped)('the same binary prefers the libpcap of the box where there is one', () => {
  const result = Bun.spawnSync([join(directory, 'with')]);
  expect(JSON.parse(result.stdout.toString()).own.value.kind).toBe('system');
});

test('a binary without it says what is missing', async () => {
  const plugin: Bun.BunPlugin = {
    name: 'embed-nothing',
    setup(build) {
      const contents = 'export const embeddedLibpcap = null; export const embeddedLicense = null;';
      build.onLoad({ filter: /embedded\.ts$/ }, () => ({ contents, loader: 'ts' }));
    },
  };
  const binary = await compile('without', [plugin]);
  const report = run(binary);
  expect(report.own.error.code).toBe('library_missing');
  expect(report.own.error.message).toContain('libpcap.so.1');
  expect(report.own.error.message).toContain('no embedded copy in this build');
}, 60_000);
