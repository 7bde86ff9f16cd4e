// The receiving end of NOTIFY_SOCKET, as systemd holds it.
// Read sd_notify(3) before changing this file.
import { allocate, openLibrary } from '../../native/ffi.ts';
import { LIBC_PATHS } from '../../native/libc.ts';

const opened = openLibrary(LIBC_PATHS, {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'buffer', 'u32'], returns: 'i32' },
  recv: { args: ['i32', 'buffer', 'u64', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
});
if (!opened.ok) throw new Error(opened.error.message);
const libc = opened.value.call;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

export class NotifyReceiver {
  readonly path: string;
  readonly #fd = libc.socket(AF_UNIX, SOCK_DGRAM, 0);

  constructor(path: string) {
    this.path = path;
    const text = new TextEncoder().encode(path);
    const address = allocate(2 + text.length + 1);
    address[0] = AF_UNIX;
    address.set(text, 2);
    if (libc.bind(this.#fd, address, address.length) !== 0) throw new Error(`Cannot listen on "${path}"`);
  }

  /** Everything that has arrived since the last call, one entry per datagram. */
  take(): string[] {
    const found: string[] = [];
    const bytes = allocate(4096);
    for (;;) {
      const length = libc.recv(this.#fd, bytes, bytes.length, MSG_DONTWAIT);
      if (length < 0) return found;
      found.push(new TextDecoder().decode(bytes.subarray(0, length)));
    }
  }

  close(): void {
    libc.close(this.#fd);
  }
}
