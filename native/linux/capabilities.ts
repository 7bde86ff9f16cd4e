// Which of Linux's capabilities this thread, or another process, can use now.
// Read capabilities(7) before changing this file.

import { readFileSync } from 'node:fs';

// In the order of their numbers in linux/capability.h; CAP_CHOWN is bit 0.
const NAMES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
)
  .split(' ')
  .map((name) => `CAP_${name}`);

/** Names (`CAP_NET_RAW`) in the `CapEff` line of a /proc/PID/status text; empty when there is no such line. */
export function parseEffectiveCapabilities(status: string): Set<string> {
  const hex = /^CapEff:\s*([0-9a-fA-F]{1,16})$/m.exec(status)?.[1];
  const bits = BigInt(`0x${hex ?? '0'}`);
  return new Set(NAMES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n));
}

/** The calling thread's effective capabilities, by name; empty when /proc is not readable. */
export function effectiveCapabilities(): Set<string> {
  try {
    return parseEffectiveCapabilities(readFileSync('/proc/thread-self/status', 'latin1'));
  } catch {
    return new Set();
  }
}

/** Those of another process, whoever owns it; null when there is no such process, or /proc hides it. */
export function capabilitiesOf(pid: number): Set<string> | null {
  try {
    return parseEffectiveCapabilities(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return null;
  }
}
