// Answers requests to the control sockets; knows nothing of sockets.
import { parseAddress } from '#model/address.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import { statusAnswer } from './answers.ts';
import { configAnswer } from './config-answer.ts';
import { explainAnswer } from './explain-answer.ts';
import type { JournalMetrics } from './journal-metrics.ts';
import { stateText } from './plan-state.ts';
import { apiVersion, type ErrorAnswer, type Items, isKind, type Kind, paths } from './protocol.ts';
import type { StreamHub } from './stream-hub.ts';
import { asciiJson, listText } from './stream-list.ts';
import { defaultLast, isStreamKind, streamPath } from './stream-protocol.ts';
import { trafficAnswer } from './traffic-answer.ts';
import { trafficPath } from './traffic-protocol.ts';
import { isNamed, itemsOf } from './views.ts';
import { whoHasAnswer } from './who-has-answer.ts';

/** The journal is bounded by `journal.keep`; this bounds what one request may read of it. */
const journalLimit = 100_000;

export function json(body: unknown, status = 200): Response {
  return new Response(`${asciiJson(body)}\n`, { status, headers: { 'content-type': 'application/json' } });
}

export function refuse(status: number, code: ErrorAnswer['code'], message: string): Response {
  return json({ apiVersion, kind: 'Error', code, message } satisfies ErrorAnswer, status);
}

/** RFC 9110 §15.5.6: the answer has to say what is allowed. */
export function notAllowed({ method }: Request, allow: 'GET' | 'POST'): Response {
  const response = refuse(405, 'not_allowed', `${method} is not allowed here (${allow} is)`);
  response.headers.set('allow', allow);
  return response;
}

/** What the answers say about the server itself, and what it holds. */
export interface Where {
  readonly adminSocket: string;
  readonly hub: StreamHub;
  readonly journal: JournalMetrics;
}

const looks: ReadonlySet<string> = new Set([
  streamPath,
  trafficPath,
  paths.status,
  paths.config,
  paths.metrics,
  paths.list,
  paths.explain,
  paths.whoHas,
  paths.state,
]);

/** Looking only: GET on the read-only paths. */
export function answerLook(request: Request, backend: ControlBackend, where: Where): Response | Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const known = looks.has(pathname);
  if (!known) return refuse(404, 'not_found', `No such path here: ${pathname}`);
  if (request.method !== 'GET') return notAllowed(request, 'GET');
  switch (pathname) {
    case streamPath:
      return answerStream(searchParams, where.hub);
    case trafficPath:
      return answerTraffic(searchParams, backend);
    case paths.metrics:
      return answerMetrics(backend, where.journal);
    case paths.config:
      return json(configAnswer(backend.view()));
    case paths.status:
      return json(statusAnswer(backend.view(), where.adminSocket));
    case paths.list:
      return answerList(searchParams, backend);
    case paths.whoHas:
      return answerWhoHas(searchParams, backend);
    case paths.state:
      return new Response(asStream(stateText(backend.view())), { headers: { 'content-type': 'application/json' } });
    default: {
      const answer = explainAnswer(backend.view(), searchParams.get('object') ?? '');
      return answer.ok ? json(answer.value) : refuse(answer.status, answer.code, answer.message);
    }
  }
}

/** The library is loaded when somebody asks for the first time. */
export async function answerMetrics(backend: ControlBackend, journal: JournalMetrics): Promise<Response> {
  const { metricsContentType, metricsText } = await import('./metrics.ts');
  const text = await metricsText(backend.view(), journal);
  return new Response(text, { headers: { 'content-type': metricsContentType } });
}

function answerStream(parameters: URLSearchParams, hub: StreamHub): Response {
  const words = (parameters.get('kinds') ?? '').split(',').filter((word) => word !== '');
  const kinds = words.filter(isStreamKind);
  const unknown = words.find((word) => !isStreamKind(word));
  if (unknown !== undefined) return refuse(400, 'bad_request', `No such kind: ${unknown}`);
  if (kinds.length === 0) return refuse(400, 'bad_request', 'kinds is missing: a list such as status,leaders');
  const last = parameters.get('last') ?? String(defaultLast);
  if (!/^\d{1,6}$/.test(last)) return refuse(400, 'bad_request', 'last is not a number');
  const stream = hub.open(kinds, Number(last));
  if (!stream) return refuse(503, 'busy', 'Too many readers of the stream');
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
}

function answerTraffic(parameters: URLSearchParams, backend: ControlBackend): Response {
  const answer = trafficAnswer(parameters, backend);
  return typeof answer === 'string' ? refuse(400, 'bad_request', answer) : json(answer);
}

async function answerWhoHas(parameters: URLSearchParams, backend: ControlBackend): Promise<Response> {
  const text = parameters.get('address') ?? '';
  const address = parseAddress(text);
  if (!address) return refuse(400, 'bad_request', `Cannot tell who has it: address "${text}" is not an IP address`);
  const asked = parameters.has('probe') ? await backend.ask?.(address) : null;
  return json(whoHasAnswer(backend.view(), address, asked ?? null));
}

function answerList(parameters: URLSearchParams, backend: ControlBackend): Response {
  const kind = parameters.get('kind') ?? '';
  if (!isKind(kind)) return refuse(400, 'bad_request', `No such kind: ${kind}`);
  const name = parameters.get('name');
  const since = parameters.get('sinceMs');
  if (since !== null && !/^\d{1,15}$/.test(since)) return refuse(400, 'bad_request', 'sinceMs is not a number');
  const view = backend.view();
  const journal = () => backend.journal(journalLimit).filter(({ timeMs }) => since === null || timeMs >= Number(since));
  const items = select(kind, itemsOf(kind, { view, journal }), name);
  return new Response(asStream(listText(kind, view, items)), { headers: { 'content-type': 'application/json' } });
}

function* select<K extends Kind>(kind: K, items: Iterable<Items[K]>, name: string | null): Iterable<Items[K]> {
  for (const item of items) if (name === null || isNamed(kind, item, name)) yield item;
}

/** Makes the next piece when the client has taken the last one; a client that goes away ends the work. */
function asStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
