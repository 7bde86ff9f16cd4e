// What local delivery changed on this machine, written down before it is changed so that a crash can be undone.

import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caughtError, type SystemError } from './system-error.ts';

const FILE_NAME = 'delivery-local.json';

/** One sysctl as it was and as we set it. The index identifies the interface: it survives a rename, the name does not. */
export type ChangedSetting = { ifindex: number; interface: string; key: string; before: number; ours: number };

export type DeliveryState = {
  settings: ChangedSetting[];
  /** IPv6 addresses we added to lo: IPv6 has no labels, and kernels before 5.18 do not keep who added an address. */
  ipv6: string[];
};

type Stored = DeliveryState & { version: 1; boot: string; networkNamespace: string };

/** The record, one copy in each of the given directories (which no other network namespace may share). */
export class DeliveryRecord {
  readonly #directories: readonly string[];

  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /** The newest readable copy of this boot and this network namespace; empty when there is none. */
  load(): DeliveryState {
    const here = whereabouts();
    for (const directory of this.#directories) {
      const stored = readStored(join(directory, FILE_NAME));
      // After a reboot, or in another namespace, nothing of what it says is set any more.
      if (stored === null || stored.boot !== here.boot || stored.networkNamespace !== here.networkNamespace) continue;
      return { settings: stored.settings, ipv6: stored.ipv6 };
    }
    return { settings: [], ipv6: [] };
  }

  /** Writes every copy, each by rename; returns what failed. `kept` is false when no copy at all could be written. */
  save(state: DeliveryState): { kept: boolean; errors: SystemError[] } {
    const text = `${JSON.stringify({ version: 1, ...whereabouts(), ...state } satisfies Stored, null, 1)}\n`;
    const empty = state.settings.length === 0 && state.ipv6.length === 0;
    const errors: SystemError[] = [];
    for (const directory of this.#directories) {
      const path = join(directory, FILE_NAME);
      try {
        if (empty) rmSync(path, { force: true });
        else writeByRename(directory, path, text);
      } catch (thrown) {
        errors.push(caughtError(thrown, `write ${path}`));
      }
    }
    return { kept: errors.length < this.#directories.length, errors };
  }
}

function writeByRename(directory: string, path: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

function whereabouts(): { boot: string; networkNamespace: string } {
  return {
    boot: read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    networkNamespace: read(() => readlinkSync('/proc/thread-self/ns/net')),
  };
}

function read(get: () => string): string {
  try {
    return get();
  } catch {
    return '';
  }
}

function readStored(path: string): Stored | null {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isStored(stored) ? stored : null;
  } catch {
    return null;
  }
}

function isStored(value: unknown): value is Stored {
  const stored = value as Partial<Stored> | null;
  return (
    stored?.version === 1 &&
    Array.isArray(stored.settings) &&
    stored.settings.every(isChangedSetting) &&
    Array.isArray(stored.ipv6) &&
    stored.ipv6.every((address) => typeof address === 'string')
  );
}

function isChangedSetting(value: unknown): value is ChangedSetting {
  const setting = value as Partial<ChangedSetting> | null;
  return (
    typeof setting?.interface === 'string' &&
    typeof setting.key === 'string' &&
    [setting.ifindex, setting.before, setting.ours].every(Number.isInteger)
  );
}
