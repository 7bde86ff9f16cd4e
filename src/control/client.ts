// Asks the daemon over its sockets, and says what is wrong when it cannot.
import { statSync } from 'node:fs';
import { type ActionAnswer, type ActionName, actionPaths } from './action-protocol.ts';
import type { ConfigAnswer } from './config-answer.ts';
import { readState, type StateAnswer } from './plan-state.ts';
import type { ErrorAnswer, ExplainAnswer, Kind, List, ReloadAnswer, StatusAnswer, WhoHasAnswer } from './protocol.ts';
import { adminSocketBeside, paths } from './protocol.ts';
import { readTaggedJson } from './tagged-json.ts';
import { type TrafficAnswer, trafficPath } from './traffic-protocol.ts';

export type ClientFailure =
  /** Nobody listens: no socket, or one that a dead daemon left. */
  | { readonly code: 'unreachable'; readonly message: string; readonly cause?: 'absent' | 'refused' | 'ended' }
  | { readonly code: 'denied'; readonly message: string }
  | { readonly code: 'timeout'; readonly message: string }
  /** The daemon understood and said no. */
  | { readonly code: 'refused'; readonly reason: ErrorAnswer['code']; readonly message: string };

export type ClientResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ClientFailure };

export interface ControlClient {
  status(): Promise<ClientResult<StatusAnswer>>;
  list<K extends Kind>(kind: K, query?: ListQuery): Promise<ClientResult<List<K>>>;
  explain(object: string): Promise<ClientResult<ExplainAnswer>>;
  /** `probe`: asks the wire too, which takes a second. */
  whoHas(address: string, probe?: boolean): Promise<ClientResult<WhoHasAnswer>>;
  traffic(request?: TrafficRequest): Promise<ClientResult<TrafficAnswer>>;
  config(): Promise<ClientResult<ConfigAnswer>>;
  reload(): Promise<ClientResult<ReloadAnswer>>;
  /** Parameters whose value is null are left out. */
  act(action: ActionName, query: Readonly<Record<string, string | null>>): Promise<ClientResult<ActionAnswer>>;
  /** What the daemon observed and remembers, to evaluate another configuration against. */
  state(): Promise<ClientResult<StateAnswer>>;
}

export interface TrafficRequest {
  /** `next` of an earlier answer; without it the newest frames. */
  readonly after?: string | null;
  readonly limit?: number | null;
  /** Rather the newest frames than all of them. */
  readonly newest?: boolean;
  /** In the grammar of filters; refused when it makes no sense. */
  readonly filter?: string;
}

export interface ListQuery {
  readonly name?: string | null;
  /** Only events since then, milliseconds since 1970. */
  readonly sinceMs?: number | null;
}

/** @param timeoutMs bounds every request, from connecting to the last byte. */
export function controlClient(socket: string, timeoutMs: number): ControlClient {
  const get = <T>(path: string, query: Readonly<Record<string, string>> = {}) =>
    ask<T>(socket, `${path}?${new URLSearchParams(query)}`, 'GET', timeoutMs);
  const post = async <T>(path: string): Promise<ClientResult<T>> => {
    // The daemon says where its admin socket is; somebody who may act but not look finds it beside the other one.
    const status = await get<StatusAnswer>(paths.status);
    if (!status.ok && status.failure.code !== 'denied') return status;
    const adminSocket = status.ok ? status.value.adminSocket : adminSocketBeside(socket);
    return await ask(adminSocket, path, 'POST', timeoutMs);
  };
  return {
    status: () => get(paths.status),
    list: (kind, query) =>
      get(paths.list, {
        kind,
        ...(query?.name ? { name: query.name } : {}),
        ...(typeof query?.sinceMs === 'number' ? { sinceMs: String(Math.max(0, Math.floor(query.sinceMs))) } : {}),
      }),
    explain: (object) => get(paths.explain, { object }),
    whoHas: (address, probe = false) => get(paths.whoHas, { address, ...(probe ? { probe: '1' } : {}) }),
    traffic: ({ after = null, limit = null, newest = false, filter = '' } = {}) =>
      get(trafficPath, {
        ...(after === null ? {} : { after }),
        ...(limit === null ? {} : { limit: String(limit) }),
        ...(newest ? { newest: '1' } : {}),
        ...(filter === '' ? {} : { filter }),
      }),
    config: () => get(paths.config),
    reload: () => post(paths.reload),
    act(action, query) {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null);
      return post(`${actionPaths[action]}?${new URLSearchParams(given)}`);
    },
    async state() {
      const answer = await ask<unknown>(socket, paths.state, 'GET', timeoutMs, readTaggedJson);
      const isUnknown = !answer.ok && answer.failure.code === 'refused' && answer.failure.reason === 'not_found';
      if (!answer.ok && !isUnknown) return answer;
      const state = answer.ok ? readState(answer.value) : null;
      if (state) return { ok: true, value: state };
      const message = 'The daemon is of another version (use the lanlord that runs: lanlord version, lanlord status)';
      return { ok: false, failure: { code: 'refused', reason: 'bad_request', message } };
    },
  };
}

async function ask<T>(
  socket: string,
  path: string,
  method: string,
  timeoutMs: number,
  read: (text: string) => unknown = JSON.parse,
): Promise<ClientResult<T>> {
  let text: string;
  let status: number;
  try {
    const response = await fetch(`http://lanlord${path}`, {
      unix: socket,
      method,
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return { ok: false, failure: transportFailure(error, socket, timeoutMs) };
  }
  let body: unknown;
  try {
    body = read(text);
  } catch {
    return { ok: false, failure: { code: 'unreachable', message: `What listens on ${socket} is no lanlord daemon` } };
  }
  if (status === 200) return { ok: true, value: body as T };
  const { code, message } = body as ErrorAnswer;
  return { ok: false, failure: { code: 'refused', reason: code, message } };
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    // Gone, or not ours to see: whoever refused was one.
    return true;
  }
}

/** The daemon that was asked before is not there any more, whether another one is or not. */
export function wentAway(socket: string): ClientFailure {
  const message = `The daemon on ${socket} went away (see: lanlord status)`;
  return { code: 'unreachable', cause: 'ended', message };
}

/** What a failed `fetch` means for people. */
export function transportFailure(error: unknown, socket: string, timeoutMs: number): ClientFailure {
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  if (name === 'TimeoutError') {
    return { code: 'timeout', message: `The daemon on ${socket} did not answer within ${timeoutMs / 1000} s` };
  }
  switch (code) {
    case 'ENOENT':
      return {
        code: 'unreachable',
        cause: 'absent',
        message: `No daemon here: ${socket} does not exist (start: systemctl start lanlord, or try: sudo lanlord demo)`,
      };
    case 'ECONNREFUSED':
      return {
        code: 'unreachable',
        cause: 'refused',
        message: isSocket(socket)
          ? `No daemon listens on ${socket} (it ended without cleaning up; start: systemctl start lanlord)`
          : `${socket} is not a socket (--socket, or LANLORD_SOCKET)`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'denied',
        message: `Not allowed to use ${socket} (be root or a member of its group: ls -l ${socket})`,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ConnectionClosed':
      return wentAway(socket);
    default:
      return { code: 'unreachable', message: `Cannot reach the daemon on ${socket}: ${String(code ?? message)}` };
  }
}
