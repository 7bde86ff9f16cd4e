// What somebody asks of the daemon, who that is, and what came of it.
import { formatAddress, type IpAddress } from './address.ts';

/** The process behind a request, as the kernel says. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** Name of the user; null: it has none here. */
  readonly user: string | null;
  /** What the process calls itself; null: nobody can tell. */
  readonly command: string | null;
}

/** Why something happens: `lanlord reload`, `SIGHUP`, `file change`. */
export interface Cause {
  readonly text: string;
  /** Null: nobody asked, or nobody can tell who did. */
  readonly by: Caller | null;
}

/** Nobody asked for it. */
export function noCause(text: string): Cause {
  return { text, by: null };
}

export type ControlAction =
  /** Announce the address again, on every interface on which it is answered. */
  | { readonly kind: 'announce'; readonly address: IpAddress }
  /** Be no candidate for any address, until undrained or started anew. `node`: null is this one. */
  | { readonly kind: 'drain' | 'undrain'; readonly node: string | null }
  /** Move leadership of an address. `to`: null is whoever is next. */
  | { readonly kind: 'failover'; readonly address: IpAddress; readonly to: string | null };

export type LeadershipAction = Exclude<ControlAction, { kind: 'announce' }>;

export type ActionOutcome =
  | {
      readonly ok: true;
      /** One line for people. */
      readonly message: string;
      /** What it concerned. */
      readonly rows: readonly { readonly ip: string; readonly interface: string }[];
    }
  | { readonly ok: false; readonly code: ActionRefusal; readonly message: string };

/** Codes never change their meaning. The reference page is made from this table. */
export const actionRefusals = {
  'LL-ACT-001': 'There is no other node: the election mode is solo',
  'LL-ACT-002': 'The address is not answered here',
  'LL-ACT-003': 'No node of this name is known',
  'LL-ACT-004': 'This node takes no part in the election of the address now, or nobody leads it',
  'LL-ACT-005': 'That node cannot answer for the address now',
  'LL-ACT-006': 'The address did not move',
} as const;

export type ActionRefusal = keyof typeof actionRefusals;

/** One line for the journal. */
export function actionText(action: ControlAction): string {
  switch (action.kind) {
    case 'announce':
      return `announce ${formatAddress(action.address)}`;
    case 'failover':
      return `failover ${formatAddress(action.address)}${action.to === null ? '' : ` to ${action.to}`}`;
    default:
      return action.node === null ? action.kind : `${action.kind} node/${action.node}`;
  }
}

/** `root`, `uid 1000`; empty for nobody. */
export function callerText(caller: Caller | null): string {
  if (!caller) return '';
  return caller.user ?? `uid ${caller.uid}`;
}

/** Fields of a journal entry that say who asked. */
export function callerFields(caller: Caller | null): Readonly<Record<string, string | number | null>> {
  if (!caller) return { by: null, uid: null };
  const { uid, pid, command } = caller;
  return { by: callerText(caller), uid, pid, command };
}
