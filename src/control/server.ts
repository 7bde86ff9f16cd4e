// The daemon's two sockets: one for looking, one for acting, both HTTP.

import type { Caller } from '#model/control-action.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import type { Log } from '#ports.ts';
import { answerAct } from './act-routes.ts';
import { listenAdmin } from './admin-listener.ts';
import { JournalMetrics } from './journal-metrics.ts';
import { MetricsServer } from './metrics-server.ts';
import { processName } from './process-name.ts';
import { maxBodyBytes, paths } from './protocol.ts';
import { answerLook, answerMetrics, refuse } from './routes.ts';
import { type Claim, claimSocket, openToGroup } from './socket-file.ts';
import { StreamHub } from './stream-hub.ts';
import { streamPath } from './stream-protocol.ts';
import { userName } from './user-name.ts';

export interface ControlSettings {
  readonly socket: string;
  readonly group: string;
  readonly adminSocket: string;
  readonly adminGroup: string;
}

export interface ControlServer {
  /** Stops both sockets and removes their files. Requests under way are cut. */
  close(): Promise<void>;
  /** `metrics.listen`; empty: nowhere. Takes every new configuration. */
  serveMetrics(listen: string): Promise<void>;
}

export type ServerResult =
  | { readonly ok: true; readonly server: ControlServer }
  | ({ readonly socket: string } & Exclude<Claim, { ok: true }>);

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Binds both sockets. A file of a dead daemon is replaced; a living daemon behind one of them is `in_use`, with its pid.
 * Warnings about groups go to the log.
 */
export async function startControlServer(
  backend: ControlBackend,
  settings: ControlSettings,
  log: Log,
  credentialOf: (fd: number) => Omit<Caller, 'user' | 'command'> | null = () => null,
): Promise<ServerResult> {
  for (const socket of [settings.socket, settings.adminSocket]) {
    const claim = await claimSocket(socket, paths.status);
    if (!claim.ok) return { ...claim, socket };
  }
  const closers: (() => void | Promise<void>)[] = [];
  const hub = new StreamHub(backend, settings.adminSocket, log);
  const journal = new JournalMetrics();
  const stopCounting = backend.watch({
    changed() {},
    recorded: (entries) => journal.record(backend.view().node, entries),
  });
  const metrics = new MetricsServer({ log, answer: () => answerMetrics(backend, journal) });
  const where = { adminSocket: settings.adminSocket, hub, journal };
  const close = async () => {
    stopCounting();
    hub.close();
    await metrics.close();
    await Promise.all(closers.map((stop) => stop()));
  };
  const onError = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    log.write('error', `Control request failed: ${message}`);
    return refuse(500, 'internal', message);
  };
  const listeners = [
    {
      socket: settings.socket,
      group: settings.group,
      listen: () => serve(settings.socket, (request) => answerLook(request, backend, where), onError),
    },
    {
      socket: settings.adminSocket,
      group: settings.adminGroup,
      listen: () =>
        listenAdmin({
          path: settings.adminSocket,
          handle: (request, caller) => answerAct(request, caller, backend, where),
          callerOf: (fd) => {
            const credential = credentialOf(fd);
            if (!credential) return null;
            const { uid, pid } = credential;
            return { ...credential, user: userName(uid), command: processName(pid) };
          },
          onError,
          onBad: (status, message) => refuse(status, 'bad_request', message),
        }),
    },
  ];
  for (const { socket, group, listen } of listeners) {
    try {
      closers.push(forItsOwner(listen));
    } catch (error) {
      await close();
      return { ok: false, code: 'failed', socket, message: error instanceof Error ? error.message : String(error) };
    }
    const warning = openToGroup(socket, group);
    if (warning !== null) log.write('warn', warning);
  }
  return { ok: true, server: { close, serveMetrics: (listen) => metrics.apply(listen) } };
}

/** Makes a socket with mode 0600 from the first moment; `openToGroup` widens it. */
function forItsOwner<T>(listen: () => T): T {
  const before = process.umask(0o177);
  try {
    return listen();
  } finally {
    process.umask(before);
  }
}

/** Connections that nobody reads; longer than the hub waits before it forgets the reader of a stream. */
const cutAfterSeconds = 40;

/** @returns what stops it. */
function serve(socket: string, handler: Handler, onError: (error: unknown) => Response): () => Promise<void> {
  const options = {
    unix: socket,
    maxRequestBodySize: maxBodyBytes,
    // Said expressly: otherwise Bun cuts after 10 s, and writes a line of its own among those of the log.
    idleTimeout: cutAfterSeconds,
    fetch(request: Request, self: Bun.Server<undefined>) {
      // A quiet stream is none that nobody reads. Of one that nobody reads Bun takes no notice of this.
      if (request.url.includes(streamPath)) self.timeout(request, 0);
      return handler(request);
    },
    error: onError,
  };
  // The declarations know no time limit of unix sockets; the runtime does.
  const server = Bun.serve(options as unknown as Bun.Serve.Options<undefined>);
  return () => server.stop(true);
}
