// Copying and saving what is shown.
import type { Model, UiState } from '../state/model.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import type { Update } from '../state/ui-event.ts';
import { commandLine } from './command-line.ts';
import { focusedPane } from './move.ts';
import { withUi } from './with-ui.ts';

/** The selected address or name, of the doctor what is to be done; the second time, the shell command that prints this view. */
export function copyText(
  model: Model,
  { nowMs, lastAction }: { readonly nowMs: number; readonly lastAction: UiState['lastAction'] },
): Update<Model> {
  const id = focusedPane(model, nowMs);
  if (lastAction === 'copy') {
    const text = commandLine(model, id);
    return { model, effects: [{ kind: 'copy', text, what: text }] };
  }
  const found = model.ui.overlay === 'doctor' ? fixes(model) : null;
  const text = found?.text ?? selectedText(model, nowMs);
  if (text === null) return { model, effects: [] };
  const effect = { kind: 'copy', text, what: found?.what ?? text } as const;
  return { model: withUi(model, { lastAction: 'copy' }), effects: [effect] };
}

/** What the doctor says is to be done, a line each. */
function fixes({ ui }: Model): { readonly text: string; readonly what: string } {
  const found = (ui.doctor?.answer?.checks ?? []).flatMap(({ result, fix }) =>
    result === 'ok' || fix === '' ? [] : [fix],
  );
  const what = found.length === 1 ? '1 fix' : `${found.length} fixes`;
  return { text: found.join('\n'), what };
}

function selectedText(model: Model, nowMs: number): string | null {
  const { page } = model.ui.place;
  if (page?.kind === 'ip') return page.ip;
  if (page !== null) return page.kind === 'event' || page.kind === 'problem' ? page.key : page.name;
  const id = focusedPane(model, nowMs);
  const rows = paneRows(model, id, nowMs);
  const index = selectedIndex(model, id, rows);
  return rows.address(index) ?? rows.keys.at(index);
}

/** On the Traffic screen and the page of an address the packets themselves, elsewhere the rows. */
export function save(model: Model, nowMs: number): Update<Model> {
  const { overlay, place } = model.ui;
  if (overlay === null && place.page?.kind === 'ip') return togglePackets(model, `vip:${place.page.ip}`);
  const isStream = place.screen === 'traffic' && place.page === null && overlay === null;
  return isStream ? togglePackets(model, model.ui.filters.traffic ?? '') : saveRows(model, nowMs);
}

function togglePackets(model: Model, filter: string): Update<Model> {
  const isWriting = model.ui.packets !== null;
  return { model, effects: [isWriting ? { kind: 'packets-end' } : { kind: 'packets', filter }] };
}

/** All rows of the list that has the keys, as they came from the daemon. */
export function saveRows(model: Model, nowMs: number): Update<Model> {
  if (model.ui.overlay === 'doctor') {
    return { model, effects: [{ kind: 'save-rows', name: 'doctor', rows: model.ui.doctor?.answer?.checks ?? [] }] };
  }
  const id = focusedPane(model, nowMs);
  const rows = paneRows(model, id, nowMs);
  const items = Array.from({ length: rows.keys.length }, (_, index) => rows.item(index));
  return { model, effects: [{ kind: 'save-rows', name: id, rows: items }] };
}
