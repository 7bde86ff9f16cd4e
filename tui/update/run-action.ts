// What each key does.
import { panes } from '../panes/all-panes.ts';
import { timeForms } from '../panes/cell-context.ts';
import type { Action } from '../state/keymap.ts';
import type { Model, PromptKind, UiState } from '../state/model.ts';
import { screens } from '../state/place.ts';
import { leavingStops, paneRows, selectedIndex } from '../state/selectors.ts';
import { isStreaming } from '../state/traffic-request.ts';
import type { Effect, Update } from '../state/ui-event.ts';
import { openActions } from './act.ts';
import { applyFilter } from './apply-filter.ts';
import { doctor, explain, probe, retry } from './ask.ts';
import { goBack, goForward, goTo, openPage } from './go.ts';
import { copyText, save } from './keep.ts';
import { type Distance, focusedPane, move, moveToNotable, nextPane } from './move.ts';
import { closePlan } from './plan.ts';
import { trafficOf } from './traffic-of.ts';
import { withUi } from './with-ui.ts';

export interface ActionContext {
  readonly nowMs: number;
  readonly lastAction: UiState['lastAction'];
}

type Handler = (model: Model, context: ActionContext) => Update<Model>;

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

function ask(model: Model, ...effects: readonly Effect[]): Update<Model> {
  return { model, effects };
}

function said(model: Model, text: string): Update<Model> {
  return still(withUi(model, { message: { text, style: 'dim' } }));
}

const moving =
  (distance: Distance): Handler =>
  (model, { nowMs }) =>
    still(move(model, distance, nowMs));

const prompting =
  (kind: PromptKind): Handler =>
  (model) => {
    const text = kind === 'filter' ? (model.ui.filters[model.ui.place.screen] ?? '') : '';
    return still(withUi(model, { prompt: { kind, text, back: 0, fault: null } }));
  };

function notable(step: 1 | -1): Handler {
  return (model, { nowMs }) => {
    const moved = moveToNotable(model, step, nowMs);
    return moved === model ? said(model, 'no trouble in this direction') : still(moved);
  };
}

/** Filters that the key goes through; what somebody typed is the end of it. */
const verdictFilters = ['', 'verdict:ours', 'verdict:answered', 'verdict:ignored', 'verdict:duplicate'];

function verdicts(model: Model): Update<Model> {
  if (model.ui.place.screen !== 'traffic') return said(model, 'Verdicts are on the Traffic screen: 5');
  const at = verdictFilters.indexOf(model.ui.filters.traffic ?? '');
  const next = verdictFilters[(at + 1) % verdictFilters.length] ?? '';
  return said(applyFilter(model, next), next === '' ? 'all frames' : next);
}

const showing =
  (number: number): Handler =>
  (model) => {
    const screen = screens[number - 1] ?? 'overview';
    const { page } = model.ui.place;
    // From the page of an address one comes to its frames.
    return screen === 'traffic' && page?.kind === 'ip'
      ? trafficOf(model, 'vip', page.ip)
      : goTo(model, { screen, page: null });
  };

const handlers: Readonly<Record<Action, Handler>> = {
  'move.down': moving({ unit: 'row', count: 1 }),
  'move.up': moving({ unit: 'row', count: -1 }),
  'move.half-down': moving({ unit: 'half', count: 1 }),
  'move.half-up': moving({ unit: 'half', count: -1 }),
  'move.page-down': moving({ unit: 'page', count: 1 }),
  'move.page-up': moving({ unit: 'page', count: -1 }),
  'move.first': moving({ unit: 'end', count: -1 }),
  'move.last': moving({ unit: 'end', count: 1 }),
  open,
  back,
  leave,
  'screen.1': showing(1),
  'screen.2': showing(2),
  'screen.3': showing(3),
  'screen.4': showing(4),
  'screen.5': showing(5),
  'screen.6': showing(6),
  'screen.7': showing(7),
  'pane.next': (model, { nowMs }) => still(nextPane(model, 1, nowMs)),
  'pane.previous': (model, { nowMs }) => still(nextPane(model, -1, nowMs)),
  'history.back': goBack,
  'history.forward': goForward,
  filter: prompting('filter'),
  command: prompting('command'),
  help: (model) => still(withUi(model, { overlay: model.ui.overlay === 'help' ? null : 'help', pageTop: 0 })),
  freeze,
  actions: openActions,
  'notable.next': notable(1),
  'notable.previous': notable(-1),
  verdicts,
  explain,
  'who-has': prompting('who-has'),
  probe,
  doctor,
  copy: copyText,
  save: (model, { nowMs }) => save(model, nowMs),
  'save.frame': (model) => ask(model, { kind: 'save-frame' }),
  sort,
  'sort.reverse': reverseSort,
  wide: (model) => still(withUi(model, { wide: !model.ui.wide })),
  time: nextTimeForm,
  retry,
  redraw: (model) => ask(model, { kind: 'redraw' }),
  suspend: (model) => ask(model, { kind: 'suspend' }),
  interrupt,
};

export function runAction(model: Model, action: Action, context: ActionContext): Update<Model> {
  return handlers[action](model, context);
}

function open(model: Model, { nowMs }: ActionContext): Update<Model> {
  if (model.ui.place.page !== null || model.ui.overlay !== null) return still(model);
  const id = focusedPane(model, nowMs);
  const rows = paneRows(model, id, nowMs);
  const page = rows.page(selectedIndex(model, id, rows));
  if (page !== null) return openPage(model, page);
  return rows.keys.length === 0 ? still(model) : said(model, 'This row has no page of its own.');
}

/** Closes what lies on top; on a bare screen, clears its filter, then puts the plan away. */
function back(model: Model): Update<Model> {
  const { ui, connection } = model;
  if (ui.overlay !== null) return still(withUi(model, { overlay: null, pageTop: 0 }));
  if (connection.state === 'lost' && !ui.lossDismissed && model.world.status !== null) {
    return still(withUi(model, { lossDismissed: true }));
  }
  if (ui.explain !== null) return still(withUi(model, { explain: null }));
  if (ui.place.page !== null) return ui.before.length > 0 ? goBack(model) : goTo(model, { ...ui.place, page: null });
  const { [ui.place.screen]: filter, ...filters } = ui.filters;
  if (filter !== undefined) return still(withUi(model, { filters }));
  return still(ui.place.screen === 'policies' && model.world.plan !== null ? closePlan(model) : model);
}

function leave(model: Model): Update<Model> {
  const { ui } = model;
  if (ui.overlay !== null || ui.explain !== null || ui.place.page !== null) return back(model);
  return leavingStops(model) ? still(withUi(model, { overlay: 'confirm-quit' })) : ask(model, { kind: 'quit' });
}

/** Asks once: the second one quits. */
function interrupt(model: Model, { lastAction }: ActionContext): Update<Model> {
  if (leavingStops(model)) return still(withUi(model, { overlay: 'confirm-quit' }));
  if (lastAction === 'interrupt') return ask(model, { kind: 'quit' });
  const message = { text: 'ctrl-c again, or q, leaves; the daemon goes on', style: 'accent' } as const;
  return still(withUi(model, { message, lastAction: 'interrupt' }));
}

function freeze(model: Model, { nowMs }: ActionContext): Update<Model> {
  const frozen = model.ui.frozen === null ? { world: model.world, sinceMs: nowMs } : null;
  const next = withUi(model, { frozen });
  return isStreaming(next) ? ask(next, { kind: 'backlog' }) : still(next);
}

function sort(model: Model, { nowMs }: ActionContext): Update<Model> {
  const id = focusedPane(model, nowMs);
  const { sortable } = panes[id];
  const at = sortable.findIndex((column) => column.id === model.ui.sorts[id]?.column);
  const next = sortable[at + 1];
  const { [id]: _, ...others } = model.ui.sorts;
  if (next === undefined) return said(withUi(model, { sorts: others }), 'as it comes');
  return said(
    withUi(model, { sorts: { ...others, [id]: { column: next.id, reversed: false } } }),
    `sorted by ${next.header}`,
  );
}

function reverseSort(model: Model, { nowMs }: ActionContext): Update<Model> {
  const id = focusedPane(model, nowMs);
  const before = model.ui.sorts[id] ?? { column: panes[id].sortable[0]?.id ?? '', reversed: false };
  const sorts = { ...model.ui.sorts, [id]: { ...before, reversed: !before.reversed } };
  return said(withUi(model, { sorts }), before.reversed ? 'ascending' : 'descending');
}

function nextTimeForm(model: Model): Update<Model> {
  const at = timeForms.indexOf(model.ui.time);
  const time = timeForms[(at + 1) % timeForms.length] ?? 'auto';
  return said(withUi(model, { time }), `times: ${time === 'auto' ? 'ages in tables, UTC in streams' : time}`);
}
