// One step of an explanation: stable code, sentence, place in the manifests, what to change.
import { explain, type Reason } from '#model/reason.ts';
import type { Position } from '#model/resources.ts';

export interface ExplainStep {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'skipped';
  /** `LL-<AREA>-nnn`; never changes its meaning. `…-000`: the step holds. */
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  /** What a person can do; empty when there is nothing to do. */
  readonly fix: readonly string[];
}

export interface Explanation {
  /** `svc/namespace/name` or `ip/192.0.2.1`. */
  readonly object: string;
  readonly ok: boolean;
  readonly steps: readonly ExplainStep[];
}

/** Which reason has which code. Codes are only ever added. */
export const reasonCodes: Readonly<Record<Reason['code'], string>> = {
  not_load_balancer: 'LL-SVC-001',
  foreign_class: 'LL-SVC-002',
  class_required: 'LL-SVC-003',
  family_disabled: 'LL-SVC-004',
  dormant: 'LL-IPAM-001',
  no_pool: 'LL-IPAM-002',
  out_of_ips: 'LL-IPAM-003',
  pool_selector_mismatch: 'LL-IPAM-004',
  already_allocated: 'LL-IPAM-005',
  already_allocated_incompatible_service: 'LL-IPAM-006',
  invalid_request: 'LL-IPAM-007',
  own_address: 'LL-IPAM-008',
  special_address: 'LL-IPAM-009',
  address_in_use: 'LL-IPAM-010',
  excluded_address: 'LL-IPAM-011',
  reserved_address: 'LL-IPAM-012',
  reserved_by_peer: 'LL-IPAM-013',
  peer_address: 'LL-IPAM-014',
  pool_disabled: 'LL-POOL-001',
  pool_conflicting: 'LL-POOL-002',
  pool_invalid: 'LL-POOL-003',
  pool_selector: 'LL-POOL-004',
  pool_full: 'LL-POOL-005',
  pool_family: 'LL-POOL-006',
  no_policy: 'LL-L2-001',
  policy_service_selector: 'LL-L2-002',
  policy_node_selector: 'LL-L2-003',
  policy_no_address_kind: 'LL-L2-004',
  policy_no_interface: 'LL-L2-005',
  policy_invalid: 'LL-L2-006',
  interface_down: 'LL-L2-007',
  off_link: 'LL-L2-008',
  prefix_not_allowed: 'LL-L2-009',
  no_local_endpoint: 'LL-L2-010',
  not_leader: 'LL-L2-011',
  not_unicast: 'LL-L2-012',
  no_ipv6_address: 'LL-L2-013',
  group_pin_unreadable: 'LL-ELECT-001',
  block_unreadable: 'LL-ELECT-002',
  group_id_taken: 'LL-ELECT-003',
  group_ids_exhausted: 'LL-ELECT-004',
  drained: 'LL-ELECT-005',
  no_carrier: 'LL-ELECT-006',
  tracked_interface_down: 'LL-ELECT-007',
  no_source_address: 'LL-ELECT-008',
  allocation_split: 'LL-ELECT-009',
};

export function reasonCode(reason: Reason): string {
  return reasonCodes[reason.code];
}

/** Whatever has a place in a file. */
export interface Placed {
  readonly position?: Position;
  readonly fields?: ReadonlyMap<string, Position>;
}

/** File and line of the first of the fields that is known, else of the document. */
export function placeOf(object: Placed | undefined, ...paths: readonly string[]): Pick<ExplainStep, 'file' | 'line'> {
  const field = paths.map((path) => object?.fields?.get(path)).find((position) => position !== undefined);
  const position = field ?? object?.position;
  return { file: position?.file ?? null, line: position?.line ?? null };
}

const nowhere = { file: null, line: null } as const;

export function refusal(
  name: string,
  result: 'fail' | 'skipped',
  reason: Reason,
  place: Pick<ExplainStep, 'file' | 'line'> = nowhere,
  fix: readonly string[] = [],
): ExplainStep {
  return { name, result, code: reasonCode(reason), message: explain(reason), ...place, fix };
}

/** The same step with a reason behind its sentence. */
export function because(step: ExplainStep, why: string | undefined): ExplainStep {
  return why === undefined ? step : { ...step, message: `${step.message}: ${why}` };
}

export function passed(
  name: string,
  area: 'SVC' | 'IPAM' | 'POOL' | 'L2' | 'ELECT',
  message: string,
  place: Pick<ExplainStep, 'file' | 'line'> = nowhere,
): ExplainStep {
  return { name, result: 'pass', code: `LL-${area}-000`, message, ...place, fix: [] };
}

export function notReached(name: string, area: 'IPAM' | 'POOL' | 'L2' | 'ELECT', message: string): ExplainStep {
  return { name, result: 'skipped', code: `LL-${area}-000`, message, ...nowhere, fix: [] };
}

/** First failing step first; steps of one result stay in the order in which they are taken. */
export function explanation(object: string, steps: readonly ExplainStep[]): Explanation {
  const of = (result: ExplainStep['result']) => steps.filter((step) => step.result === result);
  const failed = of('fail');
  return { object, ok: failed.length === 0, steps: [...failed, ...of('pass'), ...of('skipped')] };
}
