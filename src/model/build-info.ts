// Which build this is; the values are put in by scripts/build.ts.

declare const LANLORD_VERSION: string | undefined;
declare const LANLORD_REVISION: string | undefined;

export interface BuildInfo {
  /** Version of package.json; `dev` when run from source. */
  readonly version: string;
  /** Short commit hash, with `-dirty` for a build with uncommitted changes; `source` when run from source. */
  readonly revision: string;
}

export const buildInfo: BuildInfo = {
  version: typeof LANLORD_VERSION === 'string' ? LANLORD_VERSION : 'dev',
  revision: typeof LANLORD_REVISION === 'string' ? LANLORD_REVISION : 'source',
};
