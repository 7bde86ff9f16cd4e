// Answers questions about what was lately heard and sent.
import { parseFilter } from '#model/filter.ts';
import { type RowTest, rowTest } from '#model/filter-match.ts';
import { faultText } from '#model/filter-print.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import { apiVersion, timestamp } from './protocol.ts';
import { defaultTrafficLimit, mostTraffic, type TrafficAnswer } from './traffic-protocol.ts';
import { trafficRow } from './traffic-row.ts';

/** What is wrong with the request, when it is one text. */
export function trafficAnswer(parameters: URLSearchParams, backend: ControlBackend): TrafficAnswer | string {
  const parsed = parseFilter(parameters.get('filter') ?? '');
  if (!parsed.ok) return `filter: ${faultText(parsed.fault)}`;
  const limit = parameters.get('limit') ?? String(defaultTrafficLimit);
  if (!/^[1-9]\d{0,8}$/.test(limit)) return 'limit is not a number above 0';
  const { nowMs, node } = backend.view();
  const test: RowTest = rowTest(parsed.filter, node);
  const page = backend.traffic?.({
    after: parameters.get('after'),
    limit: Math.min(Number(limit), mostTraffic),
    newest: parameters.has('newest'),
    test: parsed.filter.kind === 'all' ? () => true : (frame) => test(trafficRow(frame, nowMs)),
  });
  const { frames: items = [], next = '', lost = [], skipped = [], kernelDrops = [] } = page ?? {};
  return {
    apiVersion,
    kind: 'TrafficList',
    generatedAt: timestamp(nowMs),
    node,
    items,
    next,
    lost,
    ...(skipped.length > 0 ? { skipped } : {}),
    kernelDrops,
  };
}
