// Why, or why not, for one service or address: the steps of `core` as an answer of the API.
import { formatAddress } from '#model/address.ts';
import { explain } from '#model/reason.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';
import { type ExplainObject, findObject, type ObjectResult, objectText } from './explain-object.ts';
import { apiVersion, type ExplainAnswer, type ExplainStep, timestamp } from './protocol.ts';

export type ExplainResult = { readonly ok: true; readonly value: ExplainAnswer } | Extract<ObjectResult, { ok: false }>;

export function explainAnswer(view: DaemonView, text: string): ExplainResult {
  const found = findObject(text, view.snapshot);
  if (!found.ok) return found;
  const steps = view.snapshot ? stepsOf(view.snapshot, found.object) : null;
  if (!steps)
    return { ok: false, status: 404, code: 'not_found', message: `Nothing is known of ${objectText(found.object)}` };
  return {
    ok: true,
    value: {
      apiVersion,
      kind: 'Explain',
      generatedAt: timestamp(view.nowMs),
      node: view.node,
      object: objectText(found.object),
      ok: steps.every(({ result }) => result !== 'fail'),
      steps,
    },
  };
}

function stepsOf({ desired }: Snapshot, object: ExplainObject): readonly ExplainStep[] | null {
  if (object.kind === 'service') {
    const outcome = desired.services.find(({ key }) => key === object.key);
    if (!outcome) return null;
    if (outcome.reasons.length === 0) {
      return [step('address', 'pass', `has ${outcome.addresses.map(formatAddress).join(', ')}`)];
    }
    return outcome.reasons.map((reason) => step('address', 'fail', explain(reason)));
  }
  const ip = formatAddress(object.address);
  const rows = desired.announcements.filter(({ address }) => formatAddress(address) === ip);
  const missing = desired.unannounced.filter(({ address }) => formatAddress(address) === ip);
  if (rows.length > 0) return rows.map((row) => step('announced', 'pass', `answered on ${row.interface}`));
  return missing.length === 0
    ? null
    : missing.flatMap(({ reasons }) => reasons.map((reason) => step('announced', 'fail', explain(reason))));
}

function step(name: string, result: ExplainStep['result'], message: string): ExplainStep {
  return { name, result, code: 'LL-EXP-001', message, file: null, line: null, fix: [] };
}
