// What became of the wanted links when the first evaluation was applied.
import type { CaptureReport } from '#ports.ts';

export interface Ready {
  readonly node: string;
  readonly generation: number;
  /** Wanted links by what became of them, sorted by name. */
  readonly open: readonly string[];
  readonly denied: readonly string[];
  readonly others: readonly string[];
}

export function readyReport(node: string, generation: number, links: readonly CaptureReport[]): Ready {
  const named = (...captures: readonly CaptureReport['capture'][]) =>
    links.flatMap((link) => (captures.includes(link.capture) ? [link.interface] : [])).sort();
  return { node, generation, open: named('open'), denied: named('denied'), others: named('down', 'gone') };
}
