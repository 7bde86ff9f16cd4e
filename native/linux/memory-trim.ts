// Gives memory back that a daemon at rest does not need: pages of its own executable that nobody has changed.
// Read madvise(2) (MADV_DONTNEED) before changing this file.
import { closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { findSection } from './elf-section.ts';
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

/** What a compiled program keeps its code in, as text and as bytecode: mapped writable, and written by nobody. */
const bundleSection = '.bun';
const pageBytes = 4096;
/** Bits 61 to 63 of an entry of `/proc/self/pagemap` (proc_pid_pagemap(5)): of the file, swapped out, in memory. */
const untouched = 0;
const ofTheFile = 0b101;

/** The whole pages of the bundle, where they lie in one private mapping of the executable; null: not a compiled program. */
export function bundlePages(section: Mapping | null, smaps: string, executable: string): Mapping | null {
  if (section === null) return null;
  const first = Math.ceil(section.address / pageBytes) * pageBytes;
  const bytes = Math.floor((section.address + section.bytes - first) / pageBytes) * pageBytes;
  if (bytes <= 0) return null;
  const isInside = [...smaps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ \d+ +(.*)$/gm)].some(
    ([, from = '', to = '', path]) =>
      path === executable && Number.parseInt(from, 16) <= first && first + bytes <= Number.parseInt(to, 16),
  );
  const isSmallPaged = /^KernelPageSize: +4 kB$/m.test(smaps);
  return isInside && isSmallPaged ? { address: first, bytes } : null;
}

/** `pagemap`: the entries of some pages, 8 bytes each. Whether every one of them is as it is in the file. */
export function areAllOfTheFile(pagemap: Uint8Array): boolean {
  for (let at = 7; at < pagemap.length; at += 8) {
    const state = (pagemap[at] as number) >>> 5;
    if (state !== untouched && state !== ofTheFile) return false;
  }
  return true;
}

interface Droppable {
  readonly code: readonly Mapping[];
  bundle: Mapping | null;
}

let droppable: Droppable | undefined;

function findDroppable(): Droppable {
  try {
    const smaps = readFileSync('/proc/self/smaps', 'utf8');
    const executable = readlinkSync('/proc/self/exe');
    const bundle = bundlePages(findSection('/proc/self/exe', bundleSection), smaps, executable);
    return { code: droppableMappings(smaps, executable), bundle };
  } catch {
    // No /proc: the memory is not worth a word.
    return { code: [], bundle: null };
  }
}

/** Whether nobody has ever written into these pages, as it is meant to be. */
function isUnwritten({ address, bytes }: Mapping): boolean {
  try {
    const file = openSync('/proc/self/pagemap', 'r');
    const entries = new Uint8Array((bytes / pageBytes) * 8);
    const length = readSync(file, entries, 0, entries.length, (address / pageBytes) * 8);
    closeSync(file);
    return length === entries.length && areAllOfTheFile(entries);
  } catch {
    return false;
  }
}

/** Drops them from memory; what is used again comes back from the page cache at the cost of a minor fault. */
export function dropCodePages(): void {
  // The executable's mappings stay as they are: once is enough to look.
  droppable ??= findDroppable();
  for (const { address, bytes } of droppable.code) libc().madvise(address, bytes, MADV_DONTNEED);
  const { bundle } = droppable;
  if (bundle === null) return;
  // A runtime that writes into its bundle would lose what it wrote: once seen, never again.
  if (isUnwritten(bundle)) libc().madvise(bundle.address, bundle.bytes, MADV_DONTNEED);
  else droppable.bundle = null;
}
