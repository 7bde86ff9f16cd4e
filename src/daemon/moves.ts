// Planned moves of leadership: drain and undrain of this box, and failover where there is somebody to take over.
import { formatAddress, type IpAddress } from '#model/address.ts';
import { type ActionOutcome, actionRefusals, type LeadershipAction } from '#model/control-action.ts';
import type { Announcement } from '#model/snapshot.ts';
import type { LeadershipMoves } from '#ports/control-backend.ts';
import type { DaemonStore } from './store.ts';

/** Longer than a box that leaves answers at most, so that it knows how that ended. */
export const releaseMs = 1500;

export interface MoveParts {
  /** Null: the daemon has not begun. */
  readonly store: () => DaemonStore | null;
  /** Something was decided: look again. */
  readonly onChange: () => void;
  /** Gives up what is led, in order; resolves when others have it, or do not come. Left out: nothing is elected. */
  readonly release?: (timeoutMs: number) => Promise<unknown>;
  /** This box takes part again. */
  readonly restore?: () => void;
  /** Moves an address to another box. Left out, or null: there is none, this box is alone. */
  readonly failover?: (address: IpAddress, to: string | null) => Promise<ActionOutcome> | null;
}

export class Moves implements LeadershipMoves {
  readonly #parts: MoveParts;
  #isDrained = false;

  constructor(parts: MoveParts) {
    this.#parts = parts;
  }

  /** This box is to lead nothing. Ends with the process: a box that starts anew is a candidate. */
  get isDrained(): boolean {
    return this.#isDrained;
  }

  async move(action: LeadershipAction): Promise<ActionOutcome> {
    if (action.kind === 'failover') {
      return (await this.#parts.failover?.(action.address, action.to)) ?? refusal('LL-ACT-001');
    }
    const name = this.#parts.store()?.get().node ?? '';
    // A hello need not be signed: whoever is on the LAN could empty all boxes.
    if (action.node !== null && action.node !== name)
      return refusal('LL-ACT-003', `"${action.node}" (this is "${name}"; a box is drained where it runs)`);
    const drains = action.kind === 'drain';
    if (drains === this.#isDrained) {
      return { ok: true, message: `${name} ${drains ? 'is drained already' : 'is not drained'}`, rows: [] };
    }
    const rows = drains ? (this.#parts.store()?.get().snapshot?.desired.announcements ?? []).map(rowOf) : [];
    // Others answer before this box is silent.
    if (drains) await this.#parts.release?.(releaseMs);
    else this.#parts.restore?.();
    this.#isDrained = drains;
    this.#parts.onChange();
    const count = new Set(rows.map(({ ip }) => ip)).size;
    const gone = `${count} ${count === 1 ? 'address' : 'addresses'} given up`;
    const message = drains
      ? `${name} is drained (${gone}) until lanlord undrain, or a restart`
      : `${name} is a candidate again`;
    return { ok: true, message, rows };
  }
}

function rowOf({ address, interface: name }: Announcement) {
  return { ip: formatAddress(address), interface: name };
}

function refusal(code: 'LL-ACT-001' | 'LL-ACT-003', detail = ''): ActionOutcome {
  return { ok: false, code, message: `${actionRefusals[code]}${detail === '' ? '' : `: ${detail}`}` };
}
