// Telling systemd that the service is ready, alive or stopping.
// Read sd_notify(3) before changing this file.

import { allocate } from '../ffi.ts';
import { libc } from './libc.ts';
import { viewOf } from './netlink-message.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
// sizeof(sun_path); a path also needs its NUL.
const PATH_BYTES = 108;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Sends one notification (`READY=1`, `WATCHDOG=1`, `STATUS=…`, lines joined with `\n`) without waiting.
 * False when nobody asked for notifications or it could not be sent.
 */
export function sdNotify(text: string, environment: Environment = process.env): boolean {
  const address = socketAddress(environment['NOTIFY_SOCKET']);
  const message = new TextEncoder().encode(text);
  if (address === null || message.length === 0) return false;
  const fd = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bytes = allocate(message.length);
  bytes.set(message);
  const sent = libc().sendto(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
  libc().close(fd);
  return sent === bytes.length;
}

// sockaddr_un: `/path` with its NUL, or `@name` in the abstract namespace: NUL, then the name without a terminator.
function socketAddress(name: string | undefined): Uint8Array | null {
  if (name === undefined || name.length < 2 || !'/@'.includes(name.charAt(0))) return null;
  const path = new TextEncoder().encode(name);
  const abstract = name.startsWith('@');
  const length = path.length + (abstract ? 0 : 1);
  if (length > PATH_BYTES) return null;
  const address = allocate(2 + length);
  viewOf(address).setUint16(0, AF_UNIX, true);
  address.set(path, 2);
  if (abstract) address[2] = 0;
  return address;
}

/** How long systemd waits for `WATCHDOG=1` in milliseconds (send it at half of that), or null without a watchdog for this process. */
export function watchdogTimeoutMs(environment: Environment = process.env): number | null {
  const microseconds = Number(environment['WATCHDOG_USEC'] ?? '');
  const pid = environment['WATCHDOG_PID'];
  if (pid !== undefined && pid !== String(process.pid)) return null;
  return Number.isFinite(microseconds) && microseconds > 0 ? microseconds / 1000 : null;
}
