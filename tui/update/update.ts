// What follows from everything that can happen: the next model, and what the world is asked to do.

import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import { actionOf } from '../state/keymap.ts';
import type { Model, UiState } from '../state/model.ts';
import { withBacklog } from '../state/traffic-backlog.ts';
import { nextTail } from '../state/traffic-tail.ts';
import type { Effect, UiEvent, Update } from '../state/ui-event.ts';
import type { World } from '../state/world.ts';
import { actionsKey } from './act.ts';
import { onPlanned, planOnNews } from './plan.ts';
import { pasted, promptKey } from './prompt-keys.ts';
import { runAction } from './run-action.ts';
import { withUi } from './with-ui.ts';

export function update(model: Model, event: UiEvent, nowMs: number): Update<Model> {
  switch (event.kind) {
    case 'key':
      return onKey(model, event.key, nowMs);
    case 'paste':
      return pasted(model, event.text);
    case 'resize':
      return still(withUi(model, { size: event.size }));
    case 'world':
      return onWorld(model, event.world);
    case 'traffic':
      return still(onTraffic(model, event.answer));
    case 'backlog':
      return still(onBacklog(model, event.items));
    case 'connection':
      return onConnection(model, event.connection, nowMs);
    case 'explained':
      return still(onExplained(model, event));
    case 'planned':
      return still(onPlanned(model, event.paths, event.answer));
    case 'examined':
      return still(onExamined(model, event.answer));
    case 'address':
      return still(onAddress(model, event));
    case 'packets':
      return still(onPackets(model, event.packets));
    case 'message':
      return still(withUi(model, { message: event.message }));
    case 'tick':
      return still(model);
  }
}

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

function onKey(model: Model, key: string, nowMs: number): Update<Model> {
  const { ui } = model;
  if (ui.overlay === 'confirm-quit') return confirmKey(model, key);
  if (ui.overlay === 'actions') return actionsKey(model, key);
  if (ui.prompt !== null) return promptKey(model, ui.prompt, key, nowMs);
  const action = actionOf(key);
  const calm = withUi(model, { message: null, lastAction: null });
  return action === undefined ? still(calm) : runAction(calm, action, { nowMs, lastAction: ui.lastAction });
}

/** Leaving the interface that started the daemon stops it: asked once, and only `y` means yes. */
function confirmKey(model: Model, key: string): Update<Model> {
  if (key === 'y' || key === 'Y') return { model: withUi(model, { overlay: null }), effects: [{ kind: 'quit' }] };
  return still(withUi(model, { overlay: null, message: { text: 'Stays.', style: 'dim' } }));
}

/** What is asked for apart stays: the news say nothing of it. */
function onWorld(model: Model, told: World): Update<Model> {
  const { traffic, plan } = model.world;
  return planOnNews({ ...model, world: { ...told, traffic, plan } }, model.world);
}

/** The size of the file is looked at whether it grew or not. */
function onPackets(model: Model, packets: UiState['packets']): Model {
  const before = model.ui.packets;
  const isSame = before?.path === packets?.path && before?.bytes === packets?.bytes;
  return isSame ? model : withUi(model, { packets });
}

function onConnection(model: Model, connection: Model['connection'], nowMs: number): Update<Model> {
  const before = model.connection;
  const next = { ...model, connection };
  if (connection.state === 'lost')
    return still(before.state === 'lost' ? next : withUi(next, { lossDismissed: false }));
  if (before.state !== 'lost' || connection.state !== 'live') return still(next);
  const seconds = Math.max(0, Math.round((nowMs - before.sinceMs) / 1000));
  const text = `connected again after ${seconds} s`;
  const effects: Effect[] = next.ui.detail === null ? [] : [{ kind: 'address', ip: next.ui.detail.ip, probe: false }];
  return { model: withUi(next, { message: { text, style: 'ok' } }), effects };
}

function onTraffic(model: Model, answer: TrafficAnswer): Model {
  const traffic = nextTail(model.world.traffic, answer);
  return traffic === model.world.traffic ? model : { ...model, world: { ...model.world, traffic } };
}

function onBacklog(model: Model, items: readonly TrafficItem[]): Model {
  const { frozen } = model.ui;
  const filled = (world: World): World => ({ ...world, traffic: withBacklog(world.traffic, items) });
  const next = { ...model, world: filled(model.world) };
  return frozen === null ? next : withUi(next, { frozen: { ...frozen, world: filled(frozen.world) } });
}

function onExplained(model: Model, { object, answer }: Extract<UiEvent, { kind: 'explained' }>): Model {
  // Closed, or about something else by now.
  if (model.ui.explain?.object !== object) return model;
  const explain = answer.ok
    ? { object, answer: answer.value, failure: null, top: 0 }
    : { object, answer: null, failure: answer.message, top: 0 };
  return withUi(model, { explain });
}

function onExamined(model: Model, answer: Extract<UiEvent, { kind: 'examined' }>['answer']): Model {
  const doctor = answer.ok
    ? { isAsking: false, answer: answer.value, failure: null }
    : { isAsking: false, answer: model.ui.doctor?.answer ?? null, failure: answer.message };
  return withUi(model, { doctor });
}

function onAddress(model: Model, event: Extract<UiEvent, { kind: 'address' }>): Model {
  const { detail } = model.ui;
  if (detail?.ip !== event.ip) return model;
  const { whoHas, history, announcements, frames } = event;
  const next: UiState['detail'] = {
    ip: event.ip,
    // A refused probe does not take away what is known.
    whoHas: whoHas.ok ? whoHas.value : detail.whoHas,
    failure: whoHas.ok ? null : whoHas.message,
    isProbing: false,
    history,
    announcements,
    frames,
  };
  return withUi(model, { detail: next });
}
