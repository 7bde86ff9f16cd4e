// Whether this box may lead the groups of an interface: carrier, drain, tracked interfaces, an address to send from.
import type { Family } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Interface } from '#model/resources.ts';
import type { Observed } from '#model/snapshot.ts';
import { sendingAddress } from './sending-address.ts';

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

/** An interface of `election.track` that has no carrier, or null. */
export function trackedReason(
  names: readonly string[],
  interfaces: readonly Interface[],
): Extract<Reason, { code: 'tracked_interface_down' }> | null {
  const lost = names.find((name) => !interfaces.some((one) => one.name === name && one.up && one.carrier));
  return lost === undefined ? null : { code: 'tracked_interface_down', interface: lost };
}

function ownReason(device: Interface, family: Family): Reason | null {
  const { name } = device;
  if (!device.up || !device.carrier) return { code: 'no_carrier', interface: name };
  if (sendingAddress(device, family) === null) return { code: 'no_source_address', interface: name, family };
  return null;
}
