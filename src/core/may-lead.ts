// Whether this box may lead the groups of an interface: carrier, drain, tracked interfaces, an address to send from.
// Read RFC 9568 §5.1.1.1 and §5.1.2.1 before changing this file.
import { type Family, type IpAddress, parseAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Interface } from '#model/resources.ts';
import type { Observed } from '#model/snapshot.ts';

/** Why this box must not lead groups of a family on an interface, or null. One answer per interface, given fast. */
export type LeadRule = (device: Interface, family: Family) => Reason | null;

/** `observed.config.election.mode` is not solo. */
export function leadRule({ config, interfaces, drained }: LeadFacts): LeadRule {
  const general = drained
    ? ({ code: 'drained' } as const)
    : trackedReason(config.election.track.interfaces, interfaces);
  if (general) return () => general;
  const known = new Map<Interface, Record<Family, Reason | null>>();
  return (device, family) => {
    const found = known.get(device);
    if (found) return found[family];
    const made = { IPv4: ownReason(device, 'IPv4'), IPv6: ownReason(device, 'IPv6') };
    known.set(device, made);
    return made[family];
  };
}

export type LeadFacts = Pick<Observed, 'config' | 'interfaces' | 'drained'>;

function trackedReason(names: readonly string[], interfaces: readonly Interface[]): Reason | null {
  const lost = names.find((name) => !interfaces.some((one) => one.name === name && one.up && one.carrier));
  return lost === undefined ? null : { code: 'tracked_interface_down', interface: lost };
}

function ownReason(device: Interface, family: Family): Reason | null {
  const { name } = device;
  if (!device.up || !device.carrier) return { code: 'no_carrier', interface: name };
  if (sendingAddress(device, family) === null) return { code: 'no_source_address', interface: name, family };
  return null;
}

/**
 * Where advertisements of a family come from: the primary IPv4 address (RFC 9568 §5.1.1.1), or the IPv6 link-local address
 * (RFC 9568 §5.1.2.1) once nothing speaks against it. Addresses that delivery added are on `lo` alone.
 */
export function sendingAddress({ addresses }: Pick<Interface, 'addresses'>, family: Family): IpAddress | null {
  for (const { family: own, address: text, tentative } of addresses) {
    if (own !== family || tentative) continue;
    const address = parseAddress(text);
    // RFC 4291 §2.5.6: fe80::/10.
    if (address && (family === 'IPv4' || address.value >> 118n === 0x3fan)) return address;
  }
  return null;
}
