// Notices that the files behind some paths have changed.
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entriesOf } from './find-files.ts';

/** Editors and `kubectl cp` write in several steps: quiet for this long counts as done. */
const settleMs = 300;
/** Safety net for what the kernel does not report: replaced directories, network file systems. */
const pollMs = 2000;
/** In larger directories the poll looks at the directory alone; single files are left to the kernel's events. */
const maxPolledFiles = 1000;

export class PathWatcher {
  private readonly paths: readonly string[];
  private known: string | null = null;
  private onChange: (() => void) | null = null;
  private readonly watchers = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  private settle: ReturnType<typeof setTimeout> | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;

  constructor(paths: readonly string[]) {
    this.paths = paths;
  }

  /** Takes the present state as the known one: to be called before the files are read. */
  async remember(): Promise<void> {
    this.known = await signature(this.paths);
  }

  start(onChange: () => void): void {
    this.stop();
    this.onChange = onChange;
    this.poll = setInterval(() => void this.look(), pollMs);
    this.poll.unref();
    void this.look();
  }

  stop(): void {
    this.onChange = null;
    if (this.settle) clearTimeout(this.settle);
    if (this.poll) clearInterval(this.poll);
    this.settle = null;
    this.poll = null;
    for (const { watcher } of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private async look(): Promise<void> {
    await this.watchDirectories();
    const now = await signature(this.paths);
    if (!this.onChange || this.settle) return;
    if (this.known === null) this.known = now;
    else if (this.known !== now) this.stir();
  }

  /** Something moved: wait until it is quiet. */
  private stir(): void {
    if (!this.onChange) return;
    if (this.settle) clearTimeout(this.settle);
    this.settle = setTimeout(() => void this.settled(), settleMs);
    this.settle.unref();
  }

  private async settled(): Promise<void> {
    this.settle = null;
    const now = await signature(this.paths);
    if (this.known === now) return;
    this.known = now;
    this.onChange?.();
  }

  /** Directories are watched, not files: a file that is replaced by a rename would be lost from sight. */
  private async watchDirectories(): Promise<void> {
    const wanted = new Set<string>();
    for (const path of this.paths) wanted.add((await entriesOf(path)).kind === 'directory' ? path : dirname(path));
    for (const directory of wanted) await this.watchDirectory(directory);
  }

  private async watchDirectory(directory: string): Promise<void> {
    const identity = await identityOf(directory);
    const present = this.watchers.get(directory);
    if (present?.identity === identity) return;
    present?.watcher.close();
    this.watchers.delete(directory);
    if (identity === 'gone' || !this.onChange) return;
    try {
      const watcher = watch(directory, { persistent: false }, () => this.stir());
      watcher.on('error', () => this.watchers.delete(directory));
      this.watchers.set(directory, { watcher, identity });
    } catch {
      // Out of inotify watches, or gone again: the poll goes on.
    }
  }
}

async function signature(paths: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    parts.push(await identityOf(path, true));
    const entries = await entriesOf(path);
    if (entries.kind !== 'directory') continue;
    parts.push(...entries.names);
    if (entries.names.length > maxPolledFiles) continue;
    for (const name of entries.names) parts.push(await identityOf(join(path, name), true));
  }
  return parts.join('\n');
}

async function identityOf(path: string, content = false): Promise<string> {
  try {
    const found = await stat(path, { bigint: true });
    const identity = `${found.dev}:${found.ino}`;
    return content ? `${identity}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : identity;
  } catch {
    return 'gone';
  }
}
