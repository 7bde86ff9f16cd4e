// Path of the libpcap that travels with the program. `embed/plugin.ts` replaces this module in a compiled binary.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Run from source: the copy that `embed/build.sh` left, if it ever ran.
const built = fileURLToPath(new URL('../../.cache/libpcap/libpcap.so', import.meta.url));

/** A file with the shared library, or null when there is none. */
export const embeddedLibpcap: string | null = existsSync(built) ? built : null;
