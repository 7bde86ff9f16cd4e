// Finds the object that `explain` was asked about.
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { serviceKey } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ErrorAnswer } from './protocol.ts';

export type ExplainObject =
  | { readonly kind: 'service'; readonly key: string }
  | { readonly kind: 'address'; readonly address: IpAddress };

export type ObjectResult =
  | { readonly ok: true; readonly object: ExplainObject }
  | { readonly ok: false; readonly status: number; readonly code: ErrorAnswer['code']; readonly message: string };

const usage = 'want svc/NAMESPACE/NAME, svc/NAME or ip/ADDRESS';

/** The object behind `svc/ns/name`, `svc/name` where one namespace alone has it, `ip/ADDRESS`, or a bare address. */
export function findObject(text: string, snapshot: Snapshot | null): ObjectResult {
  const slash = text.indexOf('/');
  const kind = text.slice(0, Math.max(0, slash));
  const rest = text.slice(slash + 1);
  if (slash < 0 || kind === 'ip' || kind === 'ips') {
    const address = parseAddress(slash < 0 ? text : rest);
    if (address) return { ok: true, object: { kind: 'address', address } };
    return refused(400, 'bad_request', `"${rest}" is not an IP address (${usage})`);
  }
  if (kind === 'svc' || kind === 'service' || kind === 'services') return findService(rest, snapshot);
  return refused(400, 'bad_request', `"${kind}" cannot be explained (${usage})`);
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
  return object.kind === 'service' ? `svc/${object.key}` : `ip/${formatAddress(object.address)}`;
}

function refused(status: number, code: ErrorAnswer['code'], message: string): ObjectResult {
  return { ok: false, status, code, message };
}
