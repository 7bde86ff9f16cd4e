// What `lanlord doctor` prints: no answer of the daemon, which need not run. Fields are only ever added.
import type { apiVersion } from './protocol.ts';

export interface DoctorCheck {
  /** `LL-DOC-nnn`. */
  readonly code: string;
  readonly result: 'ok' | 'warning' | 'failure';
  readonly message: string;
  /** A command or one sentence; empty when there is nothing to do. */
  readonly fix: string;
}

/** What was found on this machine. */
export interface DoctorAnswer {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'Doctor';
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly checks: readonly DoctorCheck[];
}
