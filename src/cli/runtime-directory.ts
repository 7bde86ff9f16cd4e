// Where the record of changed settings is kept.
import { mkdirSync, rmdirSync, statSync } from 'node:fs';

/** Settings and addresses belong to a network namespace, and namespaces share /run. */
function runtimeDirectory(): string {
  return `/run/lanlord/net-${statSync('/proc/self/ns/net').ino}`;
}

/** The record of changed settings is kept twice: one copy survives the state directory, the other a reboot does not. */
export function deliveryDirectories(state: string): readonly string[] {
  try {
    mkdirSync('/run/lanlord', { recursive: true, mode: 0o750 });
    return [state, runtimeDirectory()];
  } catch {
    return [state];
  }
}

/** Leaves a record that is still needed. */
export function removeRuntimeDirectory(): void {
  try {
    rmdirSync(runtimeDirectory());
  } catch {}
}
