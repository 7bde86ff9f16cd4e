// Who is at the other end of a unix socket: the kernel says it, nobody can pretend.
// Read unix(7) "SO_PEERCRED" before changing this file.
import { libc } from './libc.ts';

/** The process that connected, as it was then. */
export interface PeerCredential {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** struct ucred: pid, uid, gid, 32 bits each. */
const ucredBytes = 12;

/** Null: no connected unix socket. */
export function peerCredential(fd: number): PeerCredential | null {
  const credential = new Int32Array(new ArrayBuffer(ucredBytes));
  const length = new Uint32Array(new ArrayBuffer(4));
  length[0] = ucredBytes;
  if (libc().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, bytesOf(credential), bytesOf(length)) < 0) return null;
  if (length[0] !== ucredBytes) return null;
  const [pid = 0, uid = 0, gid = 0] = credential;
  // Ids are unsigned; (uid_t) -1 stands for a socket that is not connected.
  if (pid <= 0 || uid === -1) return null;
  return { pid, uid: uid >>> 0, gid: gid >>> 0 };
}

function bytesOf(words: Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer);
}
