// The kernel's per-interface network settings under /proc/sys, as values.
// Read Documentation/networking/ip-sysctl.rst of the kernel before changing this file.

import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { caughtError, failure, type Result } from './system-error.ts';

const ROOT = '/proc/sys/net';

/** Interface settings that are numbers, e.g. `arp_ignore`; `all` and `default` are interfaces here. */
export type InterfaceSetting = { family: 'ipv4' | 'ipv6'; interface: string; key: string };

/** The dotted name people know, with dots of the interface name written as slashes, as sysctl(8) does. */
export function settingName(setting: InterfaceSetting): string {
  return `net.${setting.family}.conf.${setting.interface.replaceAll('.', '/')}.${setting.key}`;
}

/** The path, or null for a name that would leave the folder. Dots inside an interface name (`eth0.100`) are fine. */
function settingPath({ family, interface: name, key }: InterfaceSetting): string | null {
  const harmless = [name, key].every((part) => part !== '' && part !== '.' && part !== '..' && !/[/\0]/.test(part));
  return harmless ? `${ROOT}/${family}/conf/${name}/${key}` : null;
}

/** Reads a setting; ENOENT when the interface is gone or has no such family. */
export function readSetting(setting: InterfaceSetting): Result<number> {
  const path = settingPath(setting);
  const operation = `read ${settingName(setting)}`;
  if (path === null) return failure(constants.errno.EINVAL, operation);
  try {
    const value = Number.parseInt(readFileSync(path, 'latin1'), 10);
    return Number.isNaN(value) ? failure(constants.errno.EINVAL, operation) : { ok: true, value };
  } catch (thrown) {
    return { ok: false, error: caughtError(thrown, operation) };
  }
}

/** Writes a setting. Needs CAP_NET_ADMIN in the owner of the network namespace (EACCES otherwise) and a writable /proc/sys (EROFS otherwise). */
export function writeSetting(setting: InterfaceSetting, value: number): Result<void> {
  const path = settingPath(setting);
  const operation = `write ${settingName(setting)}=${value}`;
  if (path === null) return failure(constants.errno.EINVAL, operation);
  try {
    // 'r+' neither creates nor truncates: a vanished interface is ENOENT, not an attempt to create a file in /proc.
    writeFileSync(path, String(value), { flag: 'r+' });
    return { ok: true, value: undefined };
  } catch (thrown) {
    return { ok: false, error: caughtError(thrown, operation, true) };
  }
}
