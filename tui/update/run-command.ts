// The commands behind `:`.
import { formatAddress, parseAddress } from '#model/address.ts';
import { panes } from '../panes/all-panes.ts';
import { startCursor } from '../state/cursor.ts';
import type { Model } from '../state/model.ts';
import { isScreen, type Page, type Screen } from '../state/place.ts';
import { filterFault } from '../state/row-filter.ts';
import { leavingStops } from '../state/selectors.ts';
import type { Update } from '../state/ui-event.ts';
import { isProfileName } from '../text/glyphs.ts';
import { isThemeName } from '../text/theme.ts';
import { applyFilter } from './apply-filter.ts';
import { type CommandName, commandOf } from './command-table.ts';
import { goTo, openPage } from './go.ts';
import { saveRows } from './keep.ts';
import { focusedPane } from './move.ts';
import { askPlan } from './plan.ts';
import { runAction } from './run-action.ts';
import { isMac, trafficOf } from './traffic-of.ts';
import { withUi } from './with-ui.ts';

export function runCommand(model: Model, text: string, nowMs: number): Update<Model> {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const command = commandOf(word);
  if (command === null) return refused(model, `no such command: ${word} (? lists them)`);
  return run(model, command, rest.join(' '), nowMs);
}

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

function refused(model: Model, text: string): Update<Model> {
  return still(withUi(model, { message: { text, style: 'warn' } }));
}

const pageKinds: Readonly<Partial<Record<Screen, (name: string) => Page>>> = {
  pools: (name) => ({ kind: 'pool', name }),
  services: (name) => ({ kind: 'service', name }),
  policies: (name) => ({ kind: 'policy', name }),
};

function run(model: Model, command: CommandName, argument: string, nowMs: number): Update<Model> {
  if (isScreen(command)) return toScreen(model, command, argument);
  const context = { nowMs, lastAction: null };
  switch (command) {
    case 'svc':
      return openService(model, argument);
    case 'ip':
      return openAddress(model, argument);
    case 'plan':
      return plan(model, argument);
    case 'mac':
      return isMac(argument)
        ? trafficOf(model, 'mac', argument.toLowerCase())
        : refused(model, `no MAC address: ${argument} (such as 52:54:00:aa:00:01)`);
    case 'node':
      return openNode(model, argument);
    case 'explain':
      return argument === '' ? runAction(model, 'explain', context) : explain(model, argument);
    case 'filter':
      return setFilter(model, argument);
    case 'sort':
      return setSort(model, argument, nowMs);
    case 'save':
      return saveRows(model, nowMs);
    case 'theme':
      return isThemeName(argument)
        ? still(withUi(model, { theme: argument }))
        : refused(model, `no such theme: ${argument}`);
    case 'glyphs':
      return isProfileName(argument)
        ? still(withUi(model, { profile: argument }))
        : refused(model, `no such glyphs: ${argument} (unicode, vt or ascii)`);
    case 'help':
      return runAction(model, 'help', context);
    case 'quit':
      return leavingStops(model)
        ? still(withUi(model, { overlay: 'confirm-quit' }))
        : { model, effects: [{ kind: 'quit' }] };
  }
}

function toScreen(model: Model, screen: Screen, name: string): Update<Model> {
  const page = name === '' ? null : (pageKinds[screen]?.(name) ?? null);
  return goTo(model, { screen, page });
}

function openService(model: Model, name: string): Update<Model> {
  const found = model.world.lists.services.filter(
    (item) => `${item.namespace}/${item.name}` === name || item.name === name,
  );
  const [only] = found;
  if (only === undefined) return refused(model, `no such service: ${name}`);
  if (found.length > 1) return refused(model, `${found.length} services are called ${name}: write NAMESPACE/NAME`);
  return goTo(model, { screen: 'services', page: { kind: 'service', name: `${only.namespace}/${only.name}` } });
}

function openNode(model: Model, name: string): Update<Model> {
  const { nodes } = model.world.lists;
  if (nodes.some((node) => node.name === name)) return openPage(model, { kind: 'node', name });
  return refused(model, `no such node: ${name} (known: ${nodes.map((node) => node.name).join(', ') || 'none'})`);
}

function openAddress(model: Model, text: string): Update<Model> {
  const address = parseAddress(text);
  if (address === null) return refused(model, `no IP address: ${text}`);
  return openPage(model, { kind: 'ip', ip: formatAddress(address) });
}

/** On the Policies screen, with the keys on what comes of it. */
function plan(model: Model, argument: string): Update<Model> {
  const there = goTo(model, { screen: 'policies', page: null }).model;
  const paths = argument === '' ? [] : argument.split(' ');
  const cursors = { ...there.ui.cursors, plan: startCursor };
  const asked = askPlan(there, paths);
  return {
    model: withUi(asked.model, { cursors, focus: { ...there.ui.focus, policies: 'plan' } }),
    effects: [{ kind: 'plan', paths }],
  };
}

function explain(model: Model, object: string): Update<Model> {
  const pane = { object, answer: null, failure: null, top: 0 };
  return { model: withUi(model, { explain: pane }), effects: [{ kind: 'explain', object }] };
}

function setFilter(model: Model, text: string): Update<Model> {
  const fault = text === '' ? null : filterFault(text);
  return fault === null ? still(applyFilter(model, text)) : refused(model, fault);
}

function setSort(model: Model, wanted: string, nowMs: number): Update<Model> {
  const id = focusedPane(model, nowMs);
  const { [id]: _, ...others } = model.ui.sorts;
  if (wanted === '') return still(withUi(model, { sorts: others }));
  const column = panes[id].sortable.find(
    ({ id: name, header }) => name === wanted.toLowerCase() || header.toLowerCase() === wanted.toLowerCase(),
  );
  if (column === undefined) return refused(model, `no such column: ${wanted}`);
  return still(withUi(model, { sorts: { ...others, [id]: { column: column.id, reversed: false } } }));
}
