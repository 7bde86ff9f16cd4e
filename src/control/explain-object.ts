// Finds the object that `explain` was asked about.
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { serviceKey } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ErrorAnswer } from './protocol.ts';

export type ExplainObject =
  | { readonly kind: 'service'; readonly key: string }
  | { readonly kind: 'address'; readonly address: IpAddress }
  | { readonly kind: 'leader'; readonly address: IpAddress }
  | { readonly kind: 'policy'; readonly name: string };

export type ObjectResult =
  | { readonly ok: true; readonly object: ExplainObject }
  | { readonly ok: false; readonly status: number; readonly code: ErrorAnswer['code']; readonly message: string };

const usage = 'want svc/NAMESPACE/NAME, svc/NAME, ip/ADDRESS, leader/ADDRESS or policy/NAME';

/**
 * The object behind `svc/ns/name`, `svc/name` where one namespace alone has it, `ip/ADDRESS`, a bare address,
 * `leader/ADDRESS` or `policy/NAME`.
 */
export function findObject(text: string, snapshot: Snapshot | null): ObjectResult {
  const slash = text.indexOf('/');
  const kind = text.slice(0, Math.max(0, slash));
  const rest = text.slice(slash + 1);
  if (slash < 0 && /[.:]/.test(text)) return findAddress('address', text);
  if (slash < 0) return refused(400, 'bad_request', `"${text}" does not say of which kind it is (${usage})`);
  switch (kind) {
    case 'ip':
    case 'ips':
      return findAddress('address', rest);
    case 'leader':
    case 'leaders':
      return findAddress('leader', rest);
    case 'svc':
    case 'service':
    case 'services':
      return findService(rest, snapshot);
    case 'policy':
    case 'policies':
      return findPolicy(rest, snapshot);
    default:
      return refused(400, 'bad_request', `"${kind}" cannot be explained (${usage})`);
  }
}

function findAddress(kind: 'address' | 'leader', text: string): ObjectResult {
  const address = parseAddress(text);
  if (address) return { ok: true, object: { kind, address } };
  return refused(400, 'bad_request', `"${text}" is not an IP address (${usage})`);
}

function findPolicy(name: string, snapshot: Snapshot | null): ObjectResult {
  const isDeclared = snapshot?.observed.inputs.policies.some((policy) => policy.name === name) ?? false;
  if (isDeclared) return { ok: true, object: { kind: 'policy', name } };
  return refused(404, 'not_found', `No policy "${name}" is declared`);
}

function findService(name: string, snapshot: Snapshot | null): ObjectResult {
  const keys = (snapshot?.observed.inputs.services ?? [])
    .filter((service) => (name.includes('/') ? serviceKey(service) === name : service.name === name))
    .map(serviceKey);
  const [key, ...others] = keys;
  if (key === undefined) return refused(404, 'not_found', `No service "${name}" is declared`);
  if (others.length === 0) return { ok: true, object: { kind: 'service', key } };
  const choices = keys.slice(0, 5).map((choice) => `svc/${choice}`);
  return refused(400, 'ambiguous', `${keys.length} services are named "${name}": ${choices.join(', ')}`);
}

/** The object as it is written in answers. */
export function objectText(object: ExplainObject): string {
  switch (object.kind) {
    case 'service':
      return `svc/${object.key}`;
    case 'address':
      return `ip/${formatAddress(object.address)}`;
    case 'leader':
      return `leader/${formatAddress(object.address)}`;
    case 'policy':
      return `policy/${object.name}`;
  }
}

function refused(status: number, code: ErrorAnswer['code'], message: string): ObjectResult {
  return { ok: false, status, code, message };
}
