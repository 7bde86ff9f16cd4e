// Problems: what an operator wrote wrong, or what is wrong now, as data.
import type { Position } from './resources.ts';

/** A mistake in a configuration. `document` problems reject the whole load, `object` problems become conditions. */
export interface ConfigProblem extends Position {
  /** Stable code, `LL-CFG-nnn`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly scope: 'document' | 'object';
  /** Path inside the document, such as `spec.blocks[0].cidr`; empty for the document itself. */
  readonly path: string;
  /** What is wrong, with the value quoted. */
  readonly message: string;
  /** What to do about it; empty when nobody can tell. */
  readonly hint: string;
}

export type Severity = 'critical' | 'warning' | 'info';

/** A running problem as `get problems` lists it. Codes: `problemCodes`. */
export interface RunningProblem {
  readonly code: string;
  readonly severity: Severity;
  /** What it is about: `pool/blue`, `svc/ns/name`, `interface/eth1`, `config`, `state`. */
  readonly object: string;
  /** All that it is about, where it is one problem of many: `ip/192.0.2.1`, … Left out: `object` alone. */
  readonly objects?: readonly string[];
  readonly message: string;
  readonly hint: string;
}
