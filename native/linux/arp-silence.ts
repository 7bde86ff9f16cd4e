// The two sysctls that keep the kernel from answering ARP for addresses on lo, and from using them as ARP sender.
// Read arp_ignore and arp_announce in Documentation/networking/ip-sysctl.rst of the kernel before changing this file.

import { constants } from 'node:os';
import type { ChangedSetting } from './delivery-record.ts';
import { interfaceIndex, interfaceName } from './interface-index.ts';
import { readSetting, settingName, writeSetting } from './sysctl.ts';
import { type SystemError, systemError } from './system-error.ts';

type Rule = { key: string; ours: number; silent: readonly number[] };

// The kernel obeys the larger of conf.all and conf.<interface>, and reads an unknown value (4 to 7, above 8) as 0.
const RULES: readonly Rule[] = [
  // 1 and 2 answer only for addresses of the asked interface, 3 not for those of host scope (as ours are), 8 for none.
  { key: 'arp_ignore', ours: 1, silent: [1, 2, 3, 8] },
  // 2 always takes the sender from the outgoing interface; anything else may take the VIP a packet comes from.
  { key: 'arp_announce', ours: 2, silent: [2] },
];

export type Silence = {
  /** Settings to change, with their present values; nothing is written yet. */
  changes: ChangedSetting[];
  /** Where the kernel would still speak for the VIP: an interface that cannot be set, or a setting of `all` in the way. */
  errors: SystemError[];
};

/** Finds what must be set on `interfaces`. Interfaces that are gone are no error: nothing is answered there. */
export function planSilence(interfaces: readonly string[]): Silence {
  const plan: Silence = { changes: [], errors: [] };
  for (const rule of RULES) {
    const all = readSetting({ family: 'ipv4', interface: 'all', key: rule.key });
    for (const name of interfaces) planInterface(plan, rule, name, all.ok ? all.value : 0);
  }
  return plan;
}

function planInterface(plan: Silence, rule: Rule, name: string, all: number): void {
  const ifindex = interfaceIndex(name);
  if (ifindex === null) return;
  const own = readSetting({ family: 'ipv4', interface: name, key: rule.key });
  if (!own.ok) {
    if (own.error.code !== 'ENOENT') plan.errors.push(own.error);
    return;
  }
  const silent = rule.silent.includes(own.value);
  const effective = Math.max(all, silent ? own.value : rule.ours);
  if (!rule.silent.includes(effective)) plan.errors.push(inTheWay(rule, effective));
  else if (!silent) plan.changes.push({ ifindex, interface: name, key: rule.key, before: own.value, ours: rule.ours });
}

function inTheWay({ key, ours }: Rule, value: number): SystemError {
  const setting = settingName({ family: 'ipv4', interface: 'all', key });
  const error = systemError(constants.errno.EINVAL, `${setting}=${value}`);
  return { ...error, message: `${setting} is ${value} and outranks the interfaces: set it to ${ours} or 0` };
}

/** Writes the planned values; returns what failed, without interfaces that went away meanwhile. */
export function applySilence(changes: readonly ChangedSetting[]): SystemError[] {
  return changes.flatMap(({ ifindex, interface: name, key, ours }) => {
    const written = writeSetting({ family: 'ipv4', interface: interfaceName(ifindex) ?? name, key }, ours);
    return written.ok || written.error.code === 'ENOENT' ? [] : [written.error];
  });
}

/** Puts one setting back, unless somebody else changed it since. An error means that it is still ours. */
export function restoreSetting({ ifindex, key, before, ours }: ChangedSetting): SystemError | null {
  const name = interfaceName(ifindex);
  if (name === null) return null;
  const setting = { family: 'ipv4', interface: name, key } as const;
  const now = readSetting(setting);
  if (!now.ok) return now.error.code === 'ENOENT' ? null : now.error;
  if (now.value !== ours) return null;
  const written = writeSetting(setting, before);
  return written.ok || written.error.code === 'ENOENT' ? null : written.error;
}
