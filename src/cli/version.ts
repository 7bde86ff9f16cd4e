// `version`: which build this is.
import { buildInfo } from '#model/build-info.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

export async function version(form: 'table' | 'json', output: Output): Promise<number> {
  const { version: number, revision } = buildInfo;
  const runtime = `bun ${Bun.version}`;
  output.data(
    form === 'json'
      ? `${JSON.stringify({ apiVersion: 'lanlord.dev/v1', kind: 'Version', version: number, revision, runtime })}\n`
      : `lanlord ${number} (${revision}, ${runtime})\n`,
  );
  return exitCode.clean;
}
