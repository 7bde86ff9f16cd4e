// Which solicited-node groups the kernel has joined on an interface, by whomever.
// Read RFC 4291 §2.7.1 before changing this file.

import { readFileSync } from 'node:fs';

// The calling thread's network namespace; /proc/net is the one of the process's first thread.
const listing = '/proc/thread-self/net/igmp6';
const solicitedNode = /^(\d+) +\S+ +ff0200000000000000000001ff([0-9a-f]{6}) /gm;

/** The low 24 bits of each group, or null when the kernel does not tell. */
export function joinedSuffixes(index: number): ReadonlySet<number> | null {
  try {
    const found = new Set<number>();
    for (const [, link, suffix] of readFileSync(listing, 'latin1').matchAll(solicitedNode)) {
      if (Number(link) === index) found.add(Number.parseInt(suffix ?? '', 16));
    }
    return found;
  } catch {
    return null;
  }
}
