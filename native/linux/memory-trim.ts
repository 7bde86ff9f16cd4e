// Gives memory back that a daemon at rest does not need: pages of its own executable that nobody has changed.
// Read madvise(2) (MADV_DONTNEED) before changing this file.
import { readFileSync, readlinkSync } from 'node:fs';
import { libc } from './libc.ts';

const MADV_DONTNEED = 4;

interface Mapping {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Read-only mappings of `executable` in the text of `/proc/self/smaps` of which every page is still the file's own. Not
 * of libraries: those may be unmapped, and their place taken by memory that is nobody's to drop. Changed pages (relocations) would be lost for good; they show as `Anonymous:`.
 */
export function droppableMappings(smaps: string, executable: string): readonly Mapping[] {
  const found: Mapping[] = [];
  let current: Mapping | null = null;
  for (const line of smaps.split('\n')) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+\s*(.*)$/.exec(line);
    if (head) {
      const [, from = '', to = '', mode = '', path = ''] = head;
      const address = Number.parseInt(from, 16);
      const wanted = path === executable && (mode === 'r-xp' || mode === 'r--p');
      current = wanted ? { address, bytes: Number.parseInt(to, 16) - address } : null;
    } else if (current && line.startsWith('Anonymous:')) {
      if (/^Anonymous:\s+0 kB$/.test(line)) found.push(current);
      current = null;
    }
  }
  return found;
}

let droppable: readonly Mapping[] | undefined;

function findDroppable(): readonly Mapping[] {
  try {
    return droppableMappings(readFileSync('/proc/self/smaps', 'utf8'), readlinkSync('/proc/self/exe'));
  } catch {
    // No /proc: the memory is not worth a word.
    return [];
  }
}

/** Drops them from memory; what is used again comes back from the page cache at the cost of a minor fault. */
export function dropCodePages(): void {
  // The executable's mappings stay as they are: once is enough to look.
  droppable ??= findDroppable();
  for (const { address, bytes } of droppable) libc().madvise(address, bytes, MADV_DONTNEED);
}
