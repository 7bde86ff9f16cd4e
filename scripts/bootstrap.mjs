// Makes a fresh clone runnable: Bun, the npm packages of bun.lock, and the distribution's tools. Plain Node, no packages.
//
//   node scripts/bootstrap.mjs run|build|check|test
//
// `run` prepares `npm start`, `build` the binary, `check` only Bun and the npm packages, `test` everything.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const nodeModules = join(root, 'node_modules');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bunVersion = manifest.devDependencies.bun;
const stampFile = join(nodeModules, '.bootstrap');

/** Debian package → how to see, without asking dpkg (slow), whether what we need of it is there. */
const distribution = {
  'libpcap0.8': { modes: ['run', 'test'], present: () => hasLibrary('libpcap.so') },
  iproute2: { modes: ['run', 'test'], present: () => hasCommand('ip') },
  'iputils-arping': { modes: ['run', 'test'], present: () => hasCommand('arping') },
  curl: { modes: ['run', 'test'], present: () => hasCommand('curl') },
  procps: { modes: ['run', 'test'], present: () => hasCommand('sysctl') },
  'iputils-ping': { modes: ['test'], present: () => hasCommand('ping') },
  tcpdump: { modes: ['test'], present: () => hasCommand('tcpdump') },
  tshark: { modes: ['test'], present: () => hasCommand('tshark') },
  tmux: { modes: ['test'], present: () => hasCommand('tmux') },
  ndisc6: { modes: ['test'], present: () => hasCommand('ndisc6') },
  keepalived: { modes: ['test'], present: () => hasCommand('keepalived') },
  frr: { modes: ['test'], present: () => existsSync('/usr/lib/frr/vrrpd') },
  nftables: { modes: ['test'], present: () => hasCommand('nft') },
  python3: { modes: ['test'], present: () => hasCommand('python3') },
  ethtool: { modes: ['test'], present: () => hasCommand('ethtool') },
  gcc: { modes: ['build', 'test'], present: () => hasCommand('gcc') },
  make: { modes: ['build', 'test'], present: () => hasCommand('make') },
  flex: { modes: ['build', 'test'], present: () => hasCommand('flex') },
  bison: { modes: ['build', 'test'], present: () => hasCommand('bison') },
  binutils: { modes: ['build', 'test'], present: () => hasCommand('objdump') },
  'libc6-dev': { modes: ['build', 'test'], present: () => existsSync('/usr/include/stdio.h') },
  'linux-libc-dev': { modes: ['build', 'test'], present: () => existsSync('/usr/include/linux/if_packet.h') },
  'dpkg-dev': { modes: ['build', 'test'], present: () => hasCommand('dpkg-source') },
};

/** What the build works without: said, but no reason to stop. */
const onlyForTheEmbeddedCopy = ['gcc', 'make', 'flex', 'bison', 'binutils', 'libc6-dev', 'linux-libc-dev', 'dpkg-dev'];

function say(text) {
  process.stderr.write(`bootstrap: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function hasCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}

function hasLibrary(prefix) {
  const folders = ['/usr/lib', '/lib', '/usr/lib64', '/lib64', '/usr/local/lib'];
  for (const arch of ['x86_64-linux-gnu', 'aarch64-linux-gnu']) folders.push(`/usr/lib/${arch}`, `/lib/${arch}`);
  return folders.some((folder) => existsSync(folder) && readdirSync(folder).some((file) => file.startsWith(prefix)));
}

function run(command, args, options = {}) {
  // Everything a tool prints goes to stderr: stdout belongs to what the user asked for.
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
}

/** The file is the real program and not the placeholder that the npm package holds before its install script ran. */
function isProgram(file) {
  return existsSync(file) && statSync(file).size > 1_000_000;
}

function versionOf(program) {
  const result = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : '';
}

/** A Bun of the wanted version under `folder`/node_modules, or undefined. */
function bunUnder(folder) {
  const installed = join(folder, 'node_modules/bun/bin/bun.exe');
  if (isProgram(installed) && versionOf(installed) === bunVersion) return installed;
  const platforms = join(folder, 'node_modules/@oven');
  if (!existsSync(platforms)) return undefined;
  for (const platform of readdirSync(platforms)) {
    const program = join(platforms, platform, 'bin/bun');
    // A binary for another libc or CPU does not start, so its version is empty.
    if (isProgram(program) && versionOf(program) === bunVersion) return program;
  }
  return undefined;
}

function fetchBun() {
  const folder = join(root, '.cache/bun');
  const cached = bunUnder(folder);
  if (cached !== undefined) return cached;
  say(`fetching Bun ${bunVersion} from npm`);
  mkdirSync(folder, { recursive: true });
  // npm 11 runs install scripts only of packages listed here; npm 10 ignores the key.
  const own = { private: true, allowScripts: { bun: true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = run('npm', ['install', '--prefix', folder, ...flags, `bun@${bunVersion}`]);
  if (result.error) fail(`Cannot run npm: ${result.error.message} (install Node.js 18 or later together with npm)`);
  const bun = bunUnder(folder);
  if (bun === undefined)
    fail(`Cannot install Bun ${bunVersion}: npm ended with ${result.status}, see its output above`);
  return bun;
}

function wantedStamp() {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(root, 'bun.lock')));
  hash.update(JSON.stringify([manifest.dependencies, manifest.devDependencies, manifest.trustedDependencies]));
  return hash.digest('hex');
}

function installPackages() {
  const stamp = wantedStamp();
  const bunFile = join(nodeModules, '.bin/bun');
  if (isProgram(bunFile) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const bun = bunUnder(root) ?? fetchBun();
  say('installing the npm packages of bun.lock');
  const result = run(bun, ['install', '--frozen-lockfile', '--no-progress']);
  if (result.status !== 0)
    fail('Cannot install the npm packages: see the output of "bun install --frozen-lockfile" above');
  if (!isProgram(bunFile)) repairBun(bun, bunFile);
  writeFileSync(stampFile, stamp);
  rmSync(join(root, '.cache/bun'), { recursive: true, force: true });
}

/** Bun's install script did not run: give node_modules/.bin/bun the program by hand. */
function repairBun(bun, bunFile) {
  const target = join(nodeModules, 'bun/bin/bun.exe');
  const result = run('cp', ['-f', bun, target]);
  if (result.status !== 0 || !isProgram(bunFile)) fail(`Cannot put Bun at ${bunFile}: its install script did not run`);
}

function installDistributionPackages(mode) {
  const missing = Object.keys(distribution).filter(
    (name) => distribution[name].modes.includes(mode) && !distribution[name].present(),
  );
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && hasCommand('apt-get')) {
    say(`installing with apt-get: ${missing.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
    if (run('apt-get', install, { env }).status === 0) return;
    say('apt-get could not: reading the package lists first');
    if (run('apt-get', ['update', '-q'], { env }).status === 0 && run('apt-get', install, { env }).status === 0) return;
  }
  const optional = mode === 'build' && missing.every((name) => onlyForTheEmbeddedCopy.includes(name));
  const effect = optional
    ? 'without them the binary has no libpcap of its own and needs the one of the box'
    : 'without them parts are skipped or fail';
  say(`missing, ${effect}. Install them: sudo apt-get install ${missing.join(' ')}`);
}

const mode = process.argv[2] ?? 'check';
if (!['run', 'build', 'check', 'test'].includes(mode)) fail(`Unknown mode "${mode}" (one of run, build, check, test)`);
installPackages();
installDistributionPackages(mode);
