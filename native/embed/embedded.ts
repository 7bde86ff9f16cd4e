// The libpcap that travels with the program. `embed/plugin.ts` replaces this module in a compiled binary.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Run from source: the copy that `embed/build.sh` left, if it ever ran.
const built = (name: string) => fileURLToPath(new URL(`../../.cache/libpcap/${name}`, import.meta.url));
const present = existsSync(built('libpcap.so'));

/** A file with the shared library, or null when there is none. */
export const embeddedLibpcap: string | null = present ? built('libpcap.so') : null;

/** Its licence asks that its text goes along with every binary copy; null when there is no copy. */
export const embeddedLicense: string | null = present ? readFileSync(built('LICENSE'), 'utf8') : null;
