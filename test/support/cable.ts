// A cable between two hosts, without a bridge that would drop or learn from what a test sends.
import type { Lab, LabHost } from '#cli/lab.ts';

export interface CableEnd {
  readonly host: LabHost;
  readonly name: string;
  readonly mac: string;
}

/** Both ends up. What is deleted in one namespace is gone in the other, too. */
export function cable(lab: Lab, left: CableEnd, right: CableEnd): void {
  lab.ip([
    ...['link', 'add', left.name, 'netns', left.host.namespace, 'address', left.mac, 'type', 'veth'],
    ...['peer', 'name', right.name, 'address', right.mac, 'netns', right.host.namespace],
  ]);
  for (const { host, name } of [left, right]) ipIn(lab, host, 'link', 'set', name, 'up');
}

/** `ip` inside the namespace of a host; throws when it fails. */
export function ipIn(lab: Lab, host: LabHost, ...args: readonly string[]): string {
  return lab.ip(['-n', host.namespace, ...args]);
}
