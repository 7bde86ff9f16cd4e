// Two network namespaces joined by a veth pair; the calling thread steps into them, so that one process holds both ends.
import { execFileSync } from 'node:child_process';
import { openLibrary, toCString } from '../../native/ffi.ts';
import { errno, LIBC_PATHS } from '../../native/libc.ts';

const opened = openLibrary(LIBC_PATHS, {
  open: { args: ['buffer', 'i32'], returns: 'i32' },
  setns: { args: ['i32', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
});
if (!opened.ok) throw new Error(opened.error.message);
const libc = opened.value.call;
const CLONE_NEWNET = 0x4000_0000;
const O_CLOEXEC = 0x8_0000;

function descriptor(path: string): number {
  const fd = libc.open(toCString(path), O_CLOEXEC);
  if (fd < 0) throw new Error(`open ${path}: errno ${errno()}`);
  return fd;
}

/** Runs `use` with this thread inside the namespace; sockets opened there stay there. */
export function inside<T>(namespace: string, use: () => T): T {
  const home = descriptor('/proc/thread-self/ns/net');
  const target = descriptor(`/run/netns/${namespace}`);
  try {
    if (libc.setns(target, CLONE_NEWNET) !== 0) throw new Error(`setns: errno ${errno()}`);
    return use();
  } finally {
    libc.setns(home, CLONE_NEWNET);
    libc.close(home);
    libc.close(target);
  }
}

export function ip(namespace: string, command: string): string {
  return execFileSync('ip', ['-n', namespace, ...command.split(' ')], { encoding: 'utf8', stdio: 'pipe' });
}

/** Creates `name`a and `name`b with the interfaces `left` and `right`, both up; the result removes them. */
export function createPair(name: string, left: string, right: string): () => void {
  const [a, b] = [`${name}a`, `${name}b`];
  for (const namespace of [a, b]) execFileSync('ip', ['netns', 'add', namespace]);
  connect(name, left, right);
  return () => {
    for (const namespace of [a, b]) execFileSync('ip', ['netns', 'del', namespace]);
  };
}

/** Makes the veth pair (again). */
export function connect(name: string, left: string, right: string): void {
  const [a, b] = [`${name}a`, `${name}b`];
  execFileSync('ip', ['link', 'add', left, 'netns', a, 'type', 'veth', 'peer', 'name', right, 'netns', b]);
  for (const [namespace, device] of [
    [a, left],
    [b, right],
  ] as const) {
    // IPv6 would send on its own and disturb the counts.
    execFileSync('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', `net.ipv6.conf.${device}.disable_ipv6=1`]);
    ip(namespace, `link set ${device} up`);
  }
}
