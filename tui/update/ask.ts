// Asking: why, what the LAN says, whether this machine is fit, what files would change, or the daemon once more.
import type { Model } from '../state/model.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import type { Effect, Update } from '../state/ui-event.ts';
import { openPage } from './go.ts';
import { focusedPane } from './move.ts';
import { askPlan } from './plan.ts';
import { withUi } from './with-ui.ts';

interface Moment {
  readonly nowMs: number;
}

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

function ask(model: Model, ...effects: readonly Effect[]): Update<Model> {
  return { model, effects };
}

function said(model: Model, text: string): Update<Model> {
  return still(withUi(model, { message: { text, style: 'dim' } }));
}

export function explain(model: Model, { nowMs }: Moment): Update<Model> {
  const object = explainable(model, nowMs);
  const before = model.ui.explain;
  // The second time about the same it closes; about another row it is that one's turn.
  if (before !== null && (object === null || object === before.object)) return still(withUi(model, { explain: null }));
  if (object === null) return unexplained(model, nowMs);
  const pane = { object, answer: null, failure: null, top: 0 };
  return ask(withUi(model, { explain: pane }), { kind: 'explain', object });
}

/** A problem is explained by its page; of the rest it is said what can be. */
function unexplained(model: Model, nowMs: number): Update<Model> {
  const id = focusedPane(model, nowMs);
  const rows = paneRows(model, id, nowMs);
  const page = id === 'problems' && model.ui.place.page === null ? rows.page(selectedIndex(model, id, rows)) : null;
  if (page !== null) return openPage(model, page);
  return said(model, 'Nothing to explain here: select a service, an address or a policy.');
}

function explainable(model: Model, nowMs: number): string | null {
  const { page } = model.ui.place;
  if (page?.kind === 'ip') return `ip/${page.ip}`;
  if (page?.kind === 'service') return `svc/${page.name}`;
  if (page?.kind === 'policy') return `policy/${page.name}`;
  if (page !== null) return null;
  const id = focusedPane(model, nowMs);
  const rows = paneRows(model, id, nowMs);
  return rows.explains(selectedIndex(model, id, rows));
}

/** Asks the LAN about the selected address, on its page. */
export function probe(model: Model, { nowMs }: Moment): Update<Model> {
  const ip = selectedAddress(model, nowMs);
  if (ip === null) return said(model, 'No address is selected.');
  const { page } = model.ui.place;
  const there = page?.kind === 'ip' && page.ip === ip ? still(model) : openPage(model, { kind: 'ip', ip });
  const { detail } = there.model.ui;
  if (detail === null || detail.isProbing) return there;
  return ask(withUi(there.model, { detail: { ...detail, isProbing: true } }), { kind: 'address', ip, probe: true });
}

/** Opens what is known of this machine, and examines it anew; the second time closes it. */
export function doctor(model: Model): Update<Model> {
  if (model.ui.overlay === 'doctor') return still(withUi(model, { overlay: null, pageTop: 0 }));
  return examine(withUi(model, { overlay: 'doctor', pageTop: 0 }));
}

function examine(model: Model): Update<Model> {
  const known = model.ui.doctor ?? { answer: null, failure: null };
  if (model.ui.doctor?.isAsking) return still(model);
  return ask(withUi(model, { doctor: { ...known, isAsking: true } }), { kind: 'examine' });
}

/** What is shown is asked for once more; else the daemon, when it is away. */
export function retry(model: Model): Update<Model> {
  const { overlay, place } = model.ui;
  if (overlay === 'doctor') return examine(model);
  const { plan } = model.world;
  const isPlanShown = place.screen === 'policies' && place.page === null && plan !== null;
  return isPlanShown && model.connection.state === 'live' ? askPlan(model, plan.paths) : ask(model, { kind: 'retry' });
}

export function selectedAddress(model: Model, nowMs: number): string | null {
  const { page } = model.ui.place;
  if (page?.kind === 'ip') return page.ip;
  if (page !== null) return null;
  const id = focusedPane(model, nowMs);
  const rows = paneRows(model, id, nowMs);
  return rows.address(selectedIndex(model, id, rows));
}
