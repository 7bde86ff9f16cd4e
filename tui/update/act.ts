// The actions menu: what can be done about what is selected, and doing it once its object was typed.
import type { ActionItem, Model, Prompt } from '../state/model.ts';
import type { Update } from '../state/ui-event.ts';
import { selectedAddress } from './ask.ts';
import { withUi } from './with-ui.ts';

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

/** What can be done about this address. */
function addressItems({ world }: Model, ip: string): readonly ActionItem[] {
  const rows = world.lists.leaders.filter((row) => row.ip === ip);
  const isHere = rows.some(({ state }) => state === 'here' || state === 'duplicate');
  const holders = new Set(rows.map(({ leader }) => leader));
  if (!isHere && !rows.some(({ state }) => state === 'standby')) return [];
  // Also an address that another box answers for can be moved from here.
  const peers = world.lists.nodes.filter(({ name, state }) => !holders.has(name) && state === 'ready');
  const failover = (to: string | null, effect: string): ActionItem => ({
    action: 'failover',
    query: { address: ip, to },
    effect,
    command: `lanlord failover ${ip}${to === null ? '' : ` --to ${to}`}`,
    typed: ip,
  });
  const announce: ActionItem = {
    action: 'announce',
    query: { address: ip },
    effect: 'announce it again now',
    command: `lanlord announce ${ip}`,
    typed: ip,
  };
  return [
    ...(isHere ? [announce] : []),
    ...(peers.length > 0 ? [failover(null, 'move its group to whoever is next')] : []),
    ...peers.map(({ name, self }) => failover(name, `move its group to ${self ? 'this node' : name}`)),
  ];
}

/** What can be done about this box. */
function nodeItems({ world }: Model): readonly ActionItem[] {
  const self = world.lists.nodes.find((node) => node.self);
  if (self === undefined) return [];
  const isDrained = self.state === 'draining';
  const action = isDrained ? 'undrain' : 'drain';
  return [
    {
      action,
      query: { node: self.name },
      effect: isDrained ? 'lead addresses again' : 'give every address away, take none',
      command: `lanlord ${action} node/${self.name}`,
      typed: self.name,
    },
  ];
}

export function openActions(model: Model, { nowMs }: { readonly nowMs: number }): Update<Model> {
  if (!model.ui.writable) {
    const text = 'Looking only. Actions need: lanlord ui --rw (group lanlord-admin)';
    return still(withUi(model, { message: { text, style: 'dim' } }));
  }
  const ip = selectedAddress(model, nowMs);
  const items = [...(ip === null ? [] : addressItems(model, ip)), ...nodeItems(model)];
  return still(withUi(model, { overlay: 'actions', actions: { items, selected: 0 }, explain: null }));
}

/** Keys of the open menu. */
export function actionsKey(model: Model, key: string): Update<Model> {
  const { actions } = model.ui;
  const closed = withUi(model, { overlay: null, actions: null });
  if (actions === null) return still(closed);
  const select = (selected: number) => {
    const index = Math.max(0, Math.min(selected, actions.items.length - 1));
    return still(withUi(model, { actions: { ...actions, selected: index } }));
  };
  switch (key) {
    case 'j':
    case 'down':
      return select(actions.selected + 1);
    case 'k':
    case 'up':
      return select(actions.selected - 1);
    case 'enter':
      if (actions.items.length === 0) return still(closed);
      return still(withUi(model, { overlay: null, prompt: { kind: 'action', text: '', back: 0, fault: null } }));
    default:
      // Anything else is no: the menu is never closed by accident into an action.
      return still(closed);
  }
}

/** Does the chosen one when its object was typed, to the letter. */
export function submitAction(model: Model, prompt: Prompt): Update<Model> {
  const { actions } = model.ui;
  const item = actions?.items[actions.selected];
  const closed = withUi(model, { prompt: null, actions: null });
  if (item === undefined) return still(closed);
  if (prompt.text.trim() === '') return still(withUi(closed, { message: { text: 'Nothing was done.', style: 'dim' } }));
  if (prompt.text.trim() !== item.typed) {
    return still(withUi(model, { prompt: { ...prompt, fault: `not ${item.typed}` } }));
  }
  const message = { text: item.command, style: 'accent' } as const;
  return { model: withUi(closed, { message }), effects: [{ kind: 'act', item }] };
}
