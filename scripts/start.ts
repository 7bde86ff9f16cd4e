// `npm start`: builds the binary when sources are newer, then runs its demo; arguments after `--` replace `demo`.
import { binary, ensureBinary } from './binary.ts';

const code = await ensureBinary();
if (code !== 0) process.exit(code);
const given = process.argv.slice(2);
const child = Bun.spawn([binary, ...(given.length === 0 ? ['demo'] : given)], {
  stdin: 'inherit',
  stdout: 'inherit',
  stderr: 'inherit',
});
// The terminal sends ctrl-c to the whole group: the demo cleans up, we only wait for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.exit(await child.exited);
