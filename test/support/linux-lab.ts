// Network namespaces for tests of the Linux parts: created by name, removed at the end, skipped with a printed reason.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Why namespaces cannot be used here, or null when they can. */
export function labMissing(tools: readonly string[] = []): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const tool of ['ip', ...tools]) if (Bun.which(tool) === null) return `the program ${tool} is missing`;
  const name = `lnxprobe${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'network namespaces are not allowed here';
  spawnSync('ip', ['netns', 'del', name]);
  return null;
}

/** Creates an empty namespace with lo up, in place of what an earlier run may have left under that name. */
export function addNamespace(name: string): void {
  removeNamespace(name);
  execFileSync('ip', ['netns', 'add', name]);
  execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
}

export function removeNamespace(name: string): void {
  if (existsSync(`/run/netns/${name}`)) execFileSync('ip', ['netns', 'del', name]);
}

/** Runs a program inside a namespace; returns its exit code and what it printed, stderr included. */
export function run(namespace: string, ...command: string[]): { code: number; output: string } {
  const { status, stdout, stderr } = spawnSync('ip', ['netns', 'exec', namespace, ...command], { encoding: 'utf8' });
  return { code: status ?? -1, output: `${stdout}${stderr}` };
}

/** Polls until `seen` is true; false after `timeoutMs`. */
export async function within(timeoutMs: number, seen: () => boolean): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (seen()) return true;
    await Bun.sleep(20);
  }
  return seen();
}
