// Why a program must not be run as a hook.
import { type Stats, statSync } from 'node:fs';

const worldWritable = 0o002;
const executable = 0o111;

/** Null: it may be run. Whoever can write it acts with the rights of the daemon. */
export function hookFault(program: string): string | null {
  if (!program.startsWith('/')) return 'not an absolute path';
  const found = statOf(program);
  if (typeof found === 'string') return found;
  if (!found.isFile()) return 'not a file';
  if ((found.mode & executable) === 0) return 'not executable (chmod +x)';
  if ((found.mode & worldWritable) !== 0) return 'writable by everybody (chmod o-w)';
  return null;
}

function statOf(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return code === 'ENOENT' ? 'no such file' : String(code ?? error);
  }
}
