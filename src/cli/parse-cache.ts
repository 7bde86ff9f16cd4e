// Where parsed manifests are kept between starts.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { buildInfo } from '#model/build-info.ts';
import { ParseCache } from '#sources/file/parse-cache.ts';

/** None when run from source, where the program changes without its name changing. */
export function parseCache(state: string): ParseCache | null {
  const { version, revision } = buildInfo;
  if (revision === 'source') return null;
  const { size, mtimeMs } = statSync(process.execPath);
  return new ParseCache(join(state, 'parsed'), `${version} ${revision} ${size} ${mtimeMs}`);
}
