// `npm run fuzz [-- MINUTES [SEED]]`: the fuzz tests again and again, each round from another seed, until the time is
// over or a frame is judged wrongly. What it prints at a failure repeats that round.
import { root } from './suite.ts';

const minutes = Number(process.argv[2] ?? 5);
const frames = 3_000_000;
const files = [
  './test/unit/core/respond-fuzz.test.ts',
  './test/unit/core/respond-neighbor-fuzz.test.ts',
  './test/unit/wire/vrrp-fuzz.test.ts',
];

let seed = Number(process.argv[3] ?? Date.now() % 0x7fff_ffff);
const endMs = performance.now() + minutes * 60_000;
let rounds = 0;
while (performance.now() < endMs) {
  const settings = { LANLORD_FUZZ_SEED: String(seed), LANLORD_FUZZ_FRAMES: String(frames) };
  const command = [process.execPath, 'test', '--timeout=600000', ...files];
  const round = Bun.spawnSync(command, { cwd: root, env: { ...process.env, ...settings }, stderr: 'pipe' });
  if (!round.success) {
    console.error(round.stderr.toString());
    const again = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    console.error(`fuzz: failed in round ${rounds + 1}; again with: ${again.join(' ')} bun test ${files.join(' ')}`);
    process.exit(1);
  }
  rounds++;
  seed = (seed + 1) % 0x7fff_ffff;
}
console.log(`fuzz: ${rounds} rounds of ${frames} frames for each of ${files.length} parsers, nothing wrong`);
