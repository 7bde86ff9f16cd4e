// Acting requests besides `reload`: POST on the admin socket. Fields are only ever added.
import type { apiVersion } from './protocol.ts';

export const actionPaths = {
  /** `?address=192.0.2.1`: announce it again now, on every interface on which it is answered here. */
  announce: '/v1/announce',
  /** `?node=…`; without it this one. */
  drain: '/v1/drain',
  undrain: '/v1/undrain',
  /** `?address=…`, and `&to=NODE`; without it to whoever is next. */
  failover: '/v1/failover',
} as const;

export type ActionName = keyof typeof actionPaths;

/** A refusal is an `Error` with code `refused`, its message beginning with a code `LL-ACT-nnn`. */
export interface ActionAnswer {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'Action';
  readonly generatedAt: string;
  readonly node: string;
  readonly action: ActionName;
  /** One line for people. */
  readonly message: string;
  /** What it concerned. */
  readonly rows: readonly { readonly ip: string; readonly interface: string }[];
}
