// Why, or why not, for one service or address: the steps of `core`, and what the capture says about its rows.
import { deliveryStep } from '#core/delivery-problems.ts';
import { explainService } from '#core/explain.ts';
import { explainAddress } from '#core/explain-address.ts';
import { explainPolicy } from '#core/explain-policy.ts';
import { formatAddress } from '#model/address.ts';
import type { CaptureReport, DaemonView } from '#ports.ts';
import { leaderSteps, ordered } from './explain-leader.ts';
import { type ExplainObject, findObject, type ObjectResult, objectText } from './explain-object.ts';
import { leaders } from './leadership.ts';
import { apiVersion, type ExplainAnswer, type ExplainStep, timestamp } from './protocol.ts';

export type ExplainResult = { readonly ok: true; readonly value: ExplainAnswer } | Extract<ObjectResult, { ok: false }>;

export function explainAnswer(view: DaemonView, text: string): ExplainResult {
  const found = findObject(text, view.snapshot);
  if (!found.ok) return found;
  const steps = stepsOf(view, found.object);
  if (!steps) {
    const message = `Nothing is known of ${objectText(found.object)}: no pool contains it and no service has it`;
    return { ok: false, status: 404, code: 'not_found', message };
  }
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

/** First failing step first, as `core` orders its own. */
function stepsOf(view: DaemonView, object: ExplainObject): readonly ExplainStep[] | null {
  if (!view.snapshot) return null;
  if (object.kind === 'policy') return explainPolicy(view.snapshot, object.name)?.steps ?? null;
  if (object.kind === 'leader') return leaderSteps(view, object.address);
  const explanation =
    object.kind === 'service'
      ? explainService(view.snapshot, object.key)
      : explainAddress(view.snapshot, object.address);
  if (!explanation) return null;
  const steps = [...explanation.steps, ...captureSteps(view, object), ...deliverySteps(view, object)];
  return ordered(steps);
}

/** What has rows on the wire. */
type Answered = Extract<ExplainObject, { kind: 'service' | 'address' }>;

/** So many rows of one service are told one by one, the failing ones first. */
const mostRows = 16;

/** What the plan cannot know: whether the rows are in the table of a link that hears. */
function captureSteps(view: DaemonView, object: Answered): readonly ExplainStep[] {
  const reports = new Map(
    view.captures.map((report) => [
      report.interface,
      { report, rows: new Map(report.rows.map((row) => [row.ip, row])) },
    ]),
  );
  const steps: ExplainStep[] = [];
  for (const { ip, interface: name, services, state, message } of leaders(view)) {
    const concerned = object.kind === 'service' ? services.includes(object.key) : ip === formatAddress(object.address);
    if (!concerned || name === null) continue;
    const capture = reports.get(name);
    steps.push(captureStep(ip, name, capture?.report, capture?.rows.get(ip)));
    if (state === 'duplicate') steps.push(duplicateStep(ip, name, message));
  }
  if (steps.length <= mostRows) return steps;
  const isFailing = ({ result }: ExplainStep) => result === 'fail';
  return [...steps.filter(isFailing), ...steps.filter((step) => !isFailing(step))].slice(0, mostRows);
}

/** Whether anything takes the traffic that the address attracts. */
function deliverySteps({ undelivered = [] }: DaemonView, object: Answered): readonly ExplainStep[] {
  return undelivered
    .filter(({ ip, services }) =>
      object.kind === 'service' ? services.includes(object.key) : ip === formatAddress(object.address),
    )
    .slice(0, mostRows)
    .map(deliveryStep);
}

/** Codes never change their meaning. */
export const captureCodes = {
  open: { code: 'LL-CAP-001', meaning: 'Capture is open, but the address is not in the table of the interface yet' },
  down: { code: 'LL-CAP-002', meaning: 'The interface is down or has no carrier' },
  denied: { code: 'LL-CAP-003', meaning: 'Capture is denied' },
  gone: { code: 'LL-CAP-004', meaning: 'The interface does not exist' },
  full: { code: 'LL-CAP-005', meaning: 'The table of the interface is full' },
  claiming: { code: 'LL-CAP-006', meaning: 'The address is being probed for on the interface, and not answered yet' },
  duplicate: { code: 'LL-CAP-007', meaning: 'Another host claims the address that is answered here' },
} as const;

const captureFixes = {
  open: [],
  down: ['Bring the interface up and check its cable'],
  denied: ['Run as root, or grant CAP_NET_RAW by AmbientCapabilities of the unit'],
  gone: ['Create the interface again, or change the interfaces of the policy'],
  full: ['Raise limits.addresses of the NodeConfig'],
} as const;

/** What is answered here and by somebody else works for some neighbors alone. */
function duplicateStep(ip: string, name: string, message: string): ExplainStep {
  const fix = [
    `Find that host (lanlord who-has ${ip}) and give it another address`,
    'conflict.policy of the NodeConfig says whether this box defends the address or gives it up',
  ];
  const place = { name: `claims ${name}`, file: null, line: null };
  return { ...place, result: 'fail', code: captureCodes.duplicate.code, message: `${ip}: ${message}`, fix };
}

function captureStep(
  ip: string,
  name: string,
  report: CaptureReport | undefined,
  row: CaptureReport['rows'][number] | undefined,
): ExplainStep {
  const nowhere = { name: `capture ${name}`, file: null, line: null };
  const state = report?.capture ?? 'gone';
  if (state === 'open' && row?.isClaiming) {
    const message = `${ip} is being probed for; it is answered once nobody else turns out to have it`;
    return { ...nowhere, result: 'skipped', code: captureCodes.claiming.code, message, fix: [] };
  }
  if (state === 'open' && row) {
    const message = `Capture is open and ${ip} is in its table, answered ${row.answers} times`;
    return { ...nowhere, result: 'pass', code: 'LL-CAP-000', message, fix: [] };
  }
  if (state === 'open' && report?.unfit?.has(ip)) {
    const message = `${ip} is not answered on ${name}: its table is full, ${report.unfit.size} addresses have no room in it`;
    return { ...nowhere, result: 'fail', code: captureCodes.full.code, message, fix: captureFixes.full };
  }
  const detail = report?.detail ? `: ${report.detail}` : '';
  const message = state === 'open' ? `${ip} is not in its table yet` : `Capture is ${state}${detail}`;
  return { ...nowhere, result: 'fail', code: captureCodes[state].code, message, fix: captureFixes[state] };
}
