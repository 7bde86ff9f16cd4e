// Answers acting requests, and looking ones for whoever may act.
import { parseAddress } from '#model/address.ts';
import type { ActionOutcome, Caller, ControlAction } from '#model/control-action.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import type { DaemonView } from '#ports.ts';
import { type ActionAnswer, type ActionName, actionPaths } from './action-protocol.ts';
import { reloadAnswer } from './answers.ts';
import { apiVersion, paths, timestamp } from './protocol.ts';
import { answerLook, json, notAllowed, refuse, type Where } from './routes.ts';

export async function answerAct(
  request: Request,
  caller: Caller | null,
  backend: ControlBackend,
  where: Where,
): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const name = actionNames.find((action) => actionPaths[action] === pathname);
  if (pathname !== paths.reload && !name) return answerLook(request, backend, where);
  if (request.method !== 'POST') return notAllowed(request, 'POST');
  if (!name) {
    const outcome = await backend.reload({ text: 'lanlord reload', by: caller });
    return json(reloadAnswer(backend.view(), outcome));
  }
  const action = readAction(name, searchParams);
  if (!action) {
    const text = searchParams.get('address') ?? '';
    return refuse(400, 'bad_request', `Cannot ${name}: address "${text}" is not an IP address`);
  }
  const outcome = await backend.act(action, caller);
  if (outcome.ok) return json(actionAnswer(name, outcome, backend.view()));
  const code = outcome.code === 'LL-ACT-002' ? 'not_found' : 'refused';
  return refuse(code === 'refused' ? 409 : 404, code, `${outcome.code}: ${outcome.message}`);
}

const actionNames = Object.keys(actionPaths) as ActionName[];

function readAction(kind: ActionName, parameters: URLSearchParams): ControlAction | null {
  if (kind === 'drain' || kind === 'undrain') return { kind, node: parameters.get('node') };
  const address = parseAddress(parameters.get('address') ?? '');
  if (!address) return null;
  return kind === 'announce' ? { kind, address } : { kind, address, to: parameters.get('to') };
}

function actionAnswer(
  action: ActionName,
  { message, rows }: Extract<ActionOutcome, { ok: true }>,
  { nowMs, node }: DaemonView,
): ActionAnswer {
  return { apiVersion, kind: 'Action', generatedAt: timestamp(nowMs), node, action, message, rows };
}
