// The daemon's two sockets: one for looking, one for acting, both HTTP.
import type { ControlBackend, Log } from '#ports.ts';
import { maxBodyBytes, paths } from './protocol.ts';
import { answerAct, answerLook, refuse } from './routes.ts';
import { type Claim, claimSocket, openToGroup } from './socket-file.ts';
import { StreamHub } from './stream-hub.ts';
import { streamPath } from './stream-protocol.ts';

export interface ControlSettings {
  readonly socket: string;
  readonly group: string;
  readonly adminSocket: string;
  readonly adminGroup: string;
}

export interface ControlServer {
  /** Stops both sockets and removes their files. Requests under way are cut. */
  close(): Promise<void>;
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
): Promise<ServerResult> {
  for (const socket of [settings.socket, settings.adminSocket]) {
    const claim = await claimSocket(socket, paths.status);
    if (!claim.ok) return { ...claim, socket };
  }
  const servers: Bun.Server<undefined>[] = [];
  const hub = new StreamHub(backend, settings.adminSocket, log);
  const where = { adminSocket: settings.adminSocket, hub };
  const close = async () => {
    hub.close();
    await Promise.all(servers.map((server) => server.stop(true)));
  };
  const plan: readonly { readonly socket: string; readonly group: string; readonly handler: Handler }[] = [
    { socket: settings.socket, group: settings.group, handler: (request) => answerLook(request, backend, where) },
    {
      socket: settings.adminSocket,
      group: settings.adminGroup,
      handler: (request) => answerAct(request, backend, where),
    },
  ];
  for (const { socket, group, handler } of plan) {
    try {
      servers.push(listen(socket, handler, log));
    } catch (error) {
      await close();
      return { ok: false, code: 'failed', socket, message: error instanceof Error ? error.message : String(error) };
    }
    const warning = openToGroup(socket, group);
    if (warning !== null) log.write('warn', warning);
  }
  return { ok: true, server: { close } };
}

/** Listens with mode 0600 from the first moment; `openToGroup` widens it. */
function listen(socket: string, handler: Handler, log: Log): Bun.Server<undefined> {
  const before = process.umask(0o177);
  try {
    return Bun.serve({
      unix: socket,
      maxRequestBodySize: maxBodyBytes,
      fetch(request, server) {
        // Quiet connections are cut after 10 s (Bun's default); a reload takes as long as its files do, and whoever reads
        // a stream may pause.
        if (request.method === 'POST' || request.url.includes(streamPath)) server.timeout(request, 0);
        return handler(request);
      },
      error(error) {
        log.write('error', `Control request failed: ${error.message}`);
        return refuse(500, 'internal', error.message);
      },
    });
  } finally {
    process.umask(before);
  }
}
