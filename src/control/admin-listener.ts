// The admin socket: HTTP on a listener of our own, because the kernel says who calls only to whoever has the descriptor.
import { rmSync } from 'node:fs';
import type { Caller } from '#model/control-action.ts';
import { readRequest, responseHead } from './http-text.ts';
import { maxBodyBytes } from './protocol.ts';

export interface AdminParts {
  readonly path: string;
  readonly handle: (request: Request, caller: Caller | null) => Response | Promise<Response>;
  /** What the kernel says about the other end of a connection. */
  readonly callerOf: (fd: number) => Caller | null;
  readonly onError: (error: unknown) => Response;
  /** What is no request, or none that is answered here. */
  readonly onBad: (status: number, message: string) => Response;
}

interface Connection {
  readonly caller: Caller | null;
  /** Bytes as Latin-1. BOUNDED: `readRequest` refuses long ones. */
  received: string;
  isAnswered: boolean;
  isClosed: boolean;
  onDrain: (() => void) | null;
}

type Socket = Bun.Socket<Connection>;

/** Whoever connects and asks nothing is not kept waiting for. */
const askWithinSeconds = 10;
/** BOUNDED: connections at a time; more are closed. */
const mostConnections = 256;

/**
 * @returns what ends it and removes the socket
 * @throws what listening throws
 */
export function listenAdmin(parts: AdminParts): () => void {
  const open = new Set<Socket>();
  const listener = Bun.listen<Connection>({
    unix: parts.path,
    socket: {
      open(socket) {
        if (open.size >= mostConnections) return void socket.terminate();
        open.add(socket);
        const { fd } = socket as unknown as { readonly fd?: unknown };
        const caller = typeof fd === 'number' ? parts.callerOf(fd) : null;
        socket.data = { caller, received: '', isAnswered: false, isClosed: false, onDrain: null };
        socket.timeout(askWithinSeconds);
      },
      data(socket, bytes) {
        if (socket.data.isAnswered) return;
        socket.data.received += bytes.toString('latin1');
        void take(socket, parts);
      },
      drain(socket) {
        socket.data.onDrain?.();
      },
      timeout(socket) {
        socket.terminate();
      },
      close(socket) {
        open.delete(socket);
        if (!socket.data) return;
        socket.data.isClosed = true;
        socket.data.onDrain?.();
      },
      error(socket) {
        socket.terminate();
      },
    },
  });
  return () => {
    listener.stop(true);
    rmSync(parts.path, { force: true });
  };
}

async function take(socket: Socket, { handle, onError, onBad }: AdminParts): Promise<void> {
  const { data } = socket;
  const head = readRequest(data.received, maxBodyBytes);
  if (head.kind === 'partial') return;
  data.isAnswered = true;
  data.received = '';
  // A reload takes as long as its files do.
  socket.timeout(0);
  let response: Response;
  if (head.kind === 'bad') response = onBad(head.status, head.message);
  else {
    try {
      const request = new Request(new URL(head.target, 'http://lanlord').href, { method: head.method });
      const answer = await handle(request, data.caller);
      response = head.method === 'HEAD' ? new Response(null, answer) : answer;
    } catch (error) {
      response = onError(error);
    }
  }
  await send(socket, response);
}

async function send(socket: Socket, response: Response): Promise<void> {
  const reader = response.body?.getReader();
  try {
    await write(socket, new TextEncoder().encode(responseHead(response.status, response.headers)));
    while (reader && !socket.data.isClosed) {
      const { done, value } = await untilClosed(socket, reader.read());
      if (done) break;
      await write(socket, value);
    }
  } catch {
    // What is left of an answer that cannot be made is a connection that ends too early.
    socket.terminate();
  }
  if (socket.data.isClosed) await reader?.cancel().catch(() => {});
  else socket.end();
}

/** A stream that says nothing must not hold what a reader that went away had. */
function untilClosed<T>(socket: Socket, reading: Promise<T | { done: true; value: undefined }>) {
  const closed = new Promise<{ done: true; value: undefined }>((resolve) => {
    socket.data.onDrain = () => {
      if (socket.data.isClosed) resolve({ done: true, value: undefined });
    };
  });
  return Promise.race([reading, closed]);
}

/** Waits for a reader that is slower than we are. */
async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0 && !socket.data.isClosed) {
    const taken = socket.write(rest);
    if (taken < 0) return;
    rest = rest.subarray(taken);
    if (rest.length === 0) return;
    await new Promise<void>((resolve) => {
      socket.data.onDrain = resolve;
    });
  }
}
