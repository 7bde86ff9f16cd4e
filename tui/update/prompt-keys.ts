// Typing: the filter, a command, or the question who has an address.
import { formatAddress, parseAddress } from '#model/address.ts';
import { keptInputs, type Model, type Prompt } from '../state/model.ts';
import { filterFault } from '../state/row-filter.ts';
import { isStreaming } from '../state/traffic-request.ts';
import type { Update } from '../state/ui-event.ts';
import { submitAction } from './act.ts';
import { applyFilter } from './apply-filter.ts';
import { completion } from './completion.ts';
import { openPage } from './go.ts';
import { runCommand } from './run-command.ts';
import { isMac, trafficOf } from './traffic-of.ts';
import { withUi } from './with-ui.ts';

/** Nobody types more, and a paste by mistake must not fill the memory. */
const longestInput = 500;

export function promptKey(model: Model, prompt: Prompt, key: string, nowMs: number): Update<Model> {
  switch (key) {
    case 'enter':
      return submit(model, prompt, nowMs);
    case 'esc':
    case 'ctrl-c':
      return still(withUi(model, { prompt: null, actions: null }));
    case 'tab':
      return completed(model, prompt);
    case 'backspace':
      // Beyond the first character it leaves, as in vim and less.
      return prompt.text === ''
        ? still(withUi(model, { prompt: null, actions: null }))
        : edit(model, prompt, withoutLast(prompt.text));
    case 'ctrl-u':
      return edit(model, prompt, '');
    case 'ctrl-w':
      return edit(model, prompt, prompt.text.replace(/\S*\s*$/, ''));
    case 'up':
      return still(earlier(model, prompt, 1));
    case 'down':
      return still(earlier(model, prompt, -1));
    default:
      return isText(key) ? edit(model, prompt, `${prompt.text}${key}`.slice(0, longestInput)) : still(model);
  }
}

/** Into the line that is typed, and never its end: what is pasted by mistake must not do anything. */
export function pasted(model: Model, text: string): Update<Model> {
  const { prompt, overlay } = model.ui;
  if (prompt === null || overlay === 'confirm-quit') {
    const message = { text: 'Pasted text is no key: / : or i take it.', style: 'dim' } as const;
    return still(withUi(model, { message }));
  }
  const line = [...text.slice(0, longestInput)].map((character) => (character < ' ' ? ' ' : character)).join('');
  return edit(model, prompt, `${prompt.text}${line.trim()}`.slice(0, longestInput));
}

function still(model: Model): Update<Model> {
  return { model, effects: [] };
}

/** What the last word can become; where it can become several things they are said. */
function completed(model: Model, prompt: Prompt): Update<Model> {
  const { text, choices } = completion(prompt.kind, prompt.text);
  const { model: next } = text === prompt.text ? { model } : edit(model, prompt, text);
  const message = choices.length > 1 ? ({ text: choices.join('  '), style: 'dim' } as const) : null;
  return still(withUi(next, { message }));
}

/** Names of keys are longer than one character. */
function isText(key: string): boolean {
  return [...key].length === 1;
}

function withoutLast(text: string): string {
  return [...text].slice(0, -1).join('');
}

/** A valid filter is applied while it is typed; while it is not, the last valid one stays. */
function edit(model: Model, prompt: Prompt, text: string): Update<Model> {
  if (prompt.kind !== 'filter') {
    return still(withUi(model, { message: null, prompt: { ...prompt, text, back: 0, fault: null } }));
  }
  const fault = text.trim() === '' ? null : filterFault(text);
  const next = withUi(model, { message: null, prompt: { ...prompt, text, back: 0, fault } });
  return still(fault === null ? applyFilter(next, text) : next);
}

function earlier(model: Model, prompt: Prompt, step: 1 | -1): Model {
  const kept = model.ui.inputs[prompt.kind];
  const back = Math.max(0, Math.min(prompt.back + step, kept.length));
  const text = back === 0 ? '' : (kept.at(-back) ?? '');
  const edited = edit(model, prompt, text).model;
  return edited.ui.prompt === null ? edited : withUi(edited, { prompt: { ...edited.ui.prompt, back } });
}

function submit(model: Model, prompt: Prompt, nowMs: number): Update<Model> {
  const text = prompt.text.trim();
  if (prompt.kind === 'action') return submitAction(model, prompt);
  if (prompt.fault !== null && prompt.kind === 'filter') return still(model);
  const { inputs } = model.ui;
  const kept =
    text === '' || inputs[prompt.kind].at(-1) === text ? inputs[prompt.kind] : [...inputs[prompt.kind], text];
  const closed = withUi(model, { prompt: null, inputs: { ...inputs, [prompt.kind]: kept.slice(-keptInputs) } });
  switch (prompt.kind) {
    case 'filter':
      return filtered(applyFilter(closed, text));
    case 'command':
      return text === '' ? still(closed) : runCommand(closed, text, nowMs);
    case 'who-has':
      return text === '' ? still(closed) : whoHas(model, closed, text);
  }
}

/** What would be shown must not be among what was passed over. */
function filtered(model: Model): Update<Model> {
  return { model, effects: isStreaming(model) ? [{ kind: 'backlog' }] : [] };
}

/** An address, a MAC address, or a service by its name. */
function whoHas(model: Model, closed: Model, text: string): Update<Model> {
  const address = parseAddress(text);
  if (address !== null) return openPage(closed, { kind: 'ip', ip: formatAddress(address) });
  if (isMac(text)) return trafficOf(closed, 'mac', text.toLowerCase());
  const { services } = model.world.lists;
  const found = services.filter(({ namespace, name }) => `${namespace}/${name}` === text || name === text);
  const [only] = found;
  if (only !== undefined && found.length === 1) {
    const [ip] = only.ips;
    return openPage(
      closed,
      ip === undefined ? { kind: 'service', name: `${only.namespace}/${only.name}` } : { kind: 'ip', ip },
    );
  }
  const fault =
    found.length > 1
      ? `${found.length} services are called ${text}: write namespace/name`
      : 'no address, no MAC, no service of that name';
  const { prompt } = model.ui;
  return still(prompt === null ? model : withUi(model, { prompt: { ...prompt, fault } }));
}
