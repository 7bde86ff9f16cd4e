// `npm run bench [-- NAME [ARGUMENTS]]`: one benchmark, or those of the answering path one after the other.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBinary } from './binary.ts';
import { root } from './suite.ts';

const all = ['arp', 'ndp', 'watching', 'start', 'reload', 'ui'];
const [name, ...rest] = process.argv.slice(2);
if (name !== undefined && !existsSync(join(root, `bench/${name}.ts`))) {
  console.error(
    `bench: no bench/${name}.ts (there are ${all.join(', ')}, evaluate, failover, idle-pair, respond, round, stream)`,
  );
  process.exit(2);
}
const built = await ensureBinary();
if (built !== 0) process.exit(built);
let worst = 0;
for (const bench of name === undefined ? all : [name]) {
  console.log(`\n── bench/${bench}.ts ${rest.join(' ')}`);
  const child = Bun.spawn([process.execPath, `bench/${bench}.ts`, ...rest], {
    cwd: root,
    stdout: 'inherit',
    stderr: 'inherit',
  });
  worst = Math.max(worst, await child.exited);
}
process.exit(worst);
