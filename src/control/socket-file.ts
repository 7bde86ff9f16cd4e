// The socket files: whose they are, and what to do with one that an earlier daemon left behind.
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';

export type Claim =
  | { readonly ok: true }
  /** `in_use`: a daemon answers there; `pid` where it says so. */
  | { readonly ok: false; readonly code: 'in_use'; readonly pid: number | null }
  | { readonly ok: false; readonly code: 'failed'; readonly message: string };

// A daemon that is alive accepts within microseconds; a stopped one (SIGSTOP, debugger) must still count as alive.
const probeMs = 1000;
/** A killed daemon listens on until the kernel has taken its memory back: a connection that breaks is tried again. */
const dyingMs = 1000;
const againMs = 20;

// sun_path of unix(7) has 108 bytes, one of them for the final NUL.
const maxPathBytes = 107;

/** Makes the path free for a new socket: removes the file of a dead daemon, never that of a living one. */
export async function claimSocket(path: string, probePath: string): Promise<Claim> {
  const bytes = Buffer.byteLength(path);
  if (bytes > maxPathBytes) {
    const message = `the path has ${bytes} bytes, a unix socket's at most ${maxPathBytes} (choose a shorter one)`;
    return { ok: false, code: 'failed', message };
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    for (let waitedMs = 0; ; waitedMs += againMs) {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (!found) return { ok: true };
      if (!found.isSocket())
        return { ok: false, code: 'failed', message: `${JSON.stringify(path)} exists and is no socket` };
      const answer = await probe(path, probePath);
      if (answer === 'dead') {
        unlinkSync(path);
        return { ok: true };
      }
      if (answer !== 'broken') return { ok: false, code: 'in_use', pid: answer };
      if (waitedMs >= dyingMs) return { ok: false, code: 'in_use', pid: null };
      await Bun.sleep(againMs);
    }
  } catch (error) {
    return { ok: false, code: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** `dead` when nobody listens, `broken` when the answer does not come whole; else the daemon's pid, null when it does not say. */
async function probe(path: string, probePath: string): Promise<'dead' | 'broken' | number | null> {
  try {
    const response = await fetch(`http://lanlord${probePath}`, { unix: path, signal: AbortSignal.timeout(probeMs) });
    const body: unknown = await response.json();
    const pid = typeof body === 'object' && body !== null && 'pid' in body ? body.pid : null;
    return typeof pid === 'number' ? pid : null;
  } catch (error) {
    // Only a refused connection proves that nobody listens: after kill -9 the file stays and refuses.
    if ((error as { code?: unknown }).code === 'ECONNREFUSED') return 'dead';
    // Silence is a stopped daemon, which lives.
    return error instanceof Error && error.name === 'TimeoutError' ? null : 'broken';
  }
}

/** Number of a group by its name, from `/etc/group` (group(5)); null when there is none. */
export function groupId(name: string, file = '/etc/group'): number | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  for (const line of text.split('\n')) {
    const [group, , id] = line.split(':');
    if (group === name && id !== undefined && /^\d{1,10}$/.test(id)) return Number(id);
  }
  return null;
}

/**
 * Opens a socket to its group (0660); one made with 0600 stays so when that cannot be done.
 * @returns a warning for people, or null.
 */
export function openToGroup(path: string, group: string): string | null {
  const id = groupId(group);
  if (id === null) {
    return `Group ${JSON.stringify(group)} does not exist: ${path} is for root alone (groupadd --system ${group})`;
  }
  try {
    chownSync(path, -1, id);
    chmodSync(path, 0o660);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `Cannot give ${path} to group ${JSON.stringify(group)}: ${message}`;
  }
}
