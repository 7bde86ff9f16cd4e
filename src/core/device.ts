// Which interfaces of this node a policy may use.

import type { NodeConfig } from '#model/node-config.ts';
import type { Interface } from '#model/resources.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Why an interface is never used, whatever a policy says, or null. */
export function unusable(device: Interface, config: NodeConfig): string | null {
  if (device.loopback || device.name === 'lo') return 'it is the loopback interface';
  if (device.master !== null) return `it is a port of ${device.master}`;
  if (!device.arp) return 'it does not use ARP';
  if (device.mac === '') return 'it has no MAC address';
  if (config.allowedInterfaces.length > 0 && !config.allowedInterfaces.includes(device.name)) {
    return 'allowedInterfaces does not list it';
  }
  return null;
}

/** Interfaces that patterns select; without patterns every device that is not excluded. Sorted by name. */
export function selectDevices(
  patterns: readonly Pattern[],
  interfaces: readonly Interface[],
  config: NodeConfig,
): readonly Interface[] {
  const usable = interfaces.filter((device) => unusable(device, config) === null);
  const excluded = config.devices.exclude.map(compilePattern);
  const matches = (list: readonly Pattern[], name: string) => list.some((pattern) => pattern.ok && pattern.finds(name));
  const chosen =
    patterns.length > 0
      ? usable.filter(({ name }) => matches(patterns, name))
      : usable.filter(({ name }) => !matches(excluded, name));
  return chosen.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
