// Why, or why not, for one service or address: the steps of `core` as an answer of the API.
import { explainAddress, explainService } from '#core/explain.ts';
import type { DaemonView } from '#ports.ts';
import { findObject, type ObjectResult, objectText } from './explain-object.ts';
import { apiVersion, type ExplainAnswer, timestamp } from './protocol.ts';

export type ExplainResult = { readonly ok: true; readonly value: ExplainAnswer } | Extract<ObjectResult, { ok: false }>;

export function explainAnswer(view: DaemonView, text: string): ExplainResult {
  const found = findObject(text, view.snapshot);
  if (!found.ok) return found;
  const { object } = found;
  const { snapshot } = view;
  const explained =
    snapshot &&
    (object.kind === 'service' ? explainService(snapshot, object.key) : explainAddress(snapshot, object.address));
  if (!explained) {
    return { ok: false, status: 404, code: 'not_found', message: `Nothing is known of ${objectText(object)}` };
  }
  const { ok, steps } = explained;
  return {
    ok: true,
    value: {
      apiVersion,
      kind: 'Explain',
      generatedAt: timestamp(view.nowMs),
      node: view.node,
      object: objectText(object),
      ok,
      steps,
    },
  };
}
