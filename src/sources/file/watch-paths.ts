// Notices that the files behind some paths have changed.
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entriesOf } from './find-files.ts';

/** Editors and `kubectl cp` write in several steps: quiet for this long counts as done. */
const settleMs = 300;
/** Safety net for what the kernel does not report: replaced directories, network file systems. */
const pollMs = 2000;
/** Somebody who writes without pause is not waited for longer than this. */
const longestSettleMs = 2000;
/** In larger directories the poll looks at the directory alone; single files are left to the kernel's events. */
const maxPolledFiles = 1000;

/** The state of the paths: `full` with every file, `glance` with what the poll can afford to look at. */
interface State {
  readonly full: string;
  readonly glance: string;
}

export class PathWatcher {
  private readonly paths: readonly string[];
  private known: State | null = null;
  /** Since when changes have been coming in. */
  private stirredMs: number | null = null;
  private onChange: (() => void) | null = null;
  private readonly watchers = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  private settle: ReturnType<typeof setTimeout> | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;

  constructor(paths: readonly string[]) {
    this.paths = paths;
  }

  /** Takes the present state as the known one: to be called before the files are read. */
  async remember(): Promise<void> {
    this.known = await stateOf(this.paths);
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
    if (!this.onChange || this.settle) return;
    if (this.known === null) await this.remember();
    else if ((await glance(this.paths)) !== this.known.glance) this.stir();
  }

  /** Something moved: wait until it is quiet. */
  private stir(): void {
    if (!this.onChange) return;
    this.stirredMs ??= performance.now();
    if (this.settle && performance.now() - this.stirredMs > longestSettleMs) return;
    if (this.settle) clearTimeout(this.settle);
    this.settle = setTimeout(() => void this.settled(), settleMs);
    this.settle.unref();
  }

  private async settled(): Promise<void> {
    this.settle = null;
    this.stirredMs = null;
    const before = this.known;
    const now = await stateOf(this.paths);
    // A load that began meanwhile has taken the state itself; ours may be the older one.
    if (this.known !== before) return this.stir();
    this.known = now;
    if (before?.full !== now.full) this.onChange?.();
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

async function stateOf(paths: readonly string[]): Promise<State> {
  const full = await describe(paths, Number.POSITIVE_INFINITY);
  return { full, glance: await glance(paths) };
}

function glance(paths: readonly string[]): Promise<string> {
  return describe(paths, maxPolledFiles);
}

/** A line for each file; directories with more than `most` are told by their own times. */
async function describe(paths: readonly string[], most: number): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    const entries = await entriesOf(path);
    const isListed = entries.kind === 'directory' && entries.names.length <= most;
    // Swap files of editors change a directory's times, but none of its manifests.
    parts.push(await identityOf(path, !isListed));
    if (!isListed) continue;
    for (const name of entries.names) parts.push(name, await identityOf(join(path, name), true));
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
