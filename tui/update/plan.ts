// Asking what the files would change, and when that is asked without having been told to.

import type { PlanAnswer } from '#control/protocol.ts';
import type { Model } from '../state/model.ts';
import type { PlanView } from '../state/plan-view.ts';
import type { Answer, Update } from '../state/ui-event.ts';
import type { World } from '../state/world.ts';
import { withUi } from './with-ui.ts';

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

/** Also in what is frozen: it was asked for by hand, or on the way to the screen. */
function withPlan(model: Model, plan: PlanView | null): Model {
  const { frozen } = model.ui;
  const next = { ...model, world: { ...model.world, plan } };
  return frozen === null ? next : withUi(next, { frozen: { ...frozen, world: { ...frozen.world, plan } } });
}

/** @param paths empty: those that the daemon runs with */
export function askPlan(model: Model, paths: readonly string[]): Update<Model> {
  const { plan, status } = model.world;
  const isSame = plan !== null && plan.paths.join('\n') === paths.join('\n');
  if (isSame && plan.isAsking) return still(model);
  const generation = status?.generation ?? null;
  const answer = isSame ? plan.answer : null;
  const next = withPlan(model, { paths, generation, isAsking: true, answer, failure: null });
  return { model: next, effects: [{ kind: 'plan', paths }] };
}

export function onPlanned(model: Model, paths: readonly string[], told: Answer<PlanAnswer>): Model {
  const { plan } = model.world;
  // Closed, or about something else by now.
  if (plan === null || plan.paths.join('\n') !== paths.join('\n')) return model;
  const known = { ...plan, isAsking: false };
  return withPlan(
    model,
    told.ok ? { ...known, answer: told.value, failure: null } : { ...known, failure: told.message },
  );
}

/** On the way to the policies: what the files on disk would change, while they are not what runs. */
export function planOnArrival(model: Model): Update<Model> {
  const { status, plan } = model.world;
  if (status === null || (plan !== null && plan.paths.length > 0)) return still(model);
  if (isDiskOther(model.world)) return askPlan(model, []);
  return still(plan === null ? model : closePlan(model));
}

/** The same when the daemon says on that screen that what runs, or what is on disk, is something else by now. */
export function planOnNews(model: Model, before: World): Update<Model> {
  const { place } = model.ui;
  if (place.screen !== 'policies' || place.page !== null) return still(model);
  const { status, plan } = model.world;
  if (plan !== null && plan.generation !== (status?.generation ?? null)) return askPlan(model, plan.paths);
  return before.status?.disk === status?.disk ? still(model) : planOnArrival(model);
}

function isDiskOther({ status }: World): boolean {
  return status?.disk === 'changed' || status?.disk === 'refused';
}

/** Puts the plan away; the list above it gets the keys. */
export function closePlan(model: Model): Model {
  const { policies: _, ...focus } = model.ui.focus;
  return withUi(withPlan(model, null), { focus });
}
