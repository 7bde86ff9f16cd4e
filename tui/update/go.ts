// Going from place to place, with a way back.
import type { Model } from '../state/model.ts';
import { isSamePlace, keptPlaces, type Page, type Place } from '../state/place.ts';
import type { Effect, Update } from '../state/ui-event.ts';
import { planOnArrival } from './plan.ts';
import { withUi } from './with-ui.ts';

/** What a page, or a screen, needs to be asked for. */
function arrive(model: Model): Update<Model> {
  const { page } = model.ui.place;
  if (page?.kind !== 'ip') {
    const there = withUi(model, { detail: null });
    return page === null && model.ui.place.screen === 'policies' ? planOnArrival(there) : { model: there, effects: [] };
  }
  const { ip } = page;
  if (model.ui.detail?.ip === ip) return { model, effects: [] };
  const detail = { ip, whoHas: null, failure: null, isProbing: false, history: [], announcements: [], frames: [] };
  const effects: Effect[] = [{ kind: 'address', ip, probe: false }];
  return { model: withUi(model, { detail }), effects };
}

export function goTo(model: Model, place: Place): Update<Model> {
  const { ui } = model;
  const closed = { overlay: null, explain: null, pageTop: 0 } as const;
  if (isSamePlace(ui.place, place)) return arrive(withUi(model, closed));
  const before = [...ui.before, ui.place].slice(-keptPlaces);
  return arrive(withUi(model, { ...closed, place, before, after: [] }));
}

export function openPage(model: Model, page: Page): Update<Model> {
  return goTo(model, { screen: model.ui.place.screen, page });
}

/** To the place before this one. */
export function goBack(model: Model): Update<Model> {
  const { ui } = model;
  const place = ui.before.at(-1);
  if (place === undefined) return { model, effects: [] };
  const after = [ui.place, ...ui.after].slice(0, keptPlaces);
  return arrive(withUi(model, { place, before: ui.before.slice(0, -1), after, pageTop: 0, explain: null }));
}

/** To the place that was left by going back. */
export function goForward(model: Model): Update<Model> {
  const { ui } = model;
  const [place, ...after] = ui.after;
  if (place === undefined) return { model, effects: [] };
  const before = [...ui.before, ui.place].slice(-keptPlaces);
  return arrive(withUi(model, { place, before, after, pageTop: 0, explain: null }));
}
