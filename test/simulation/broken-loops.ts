// Loops of a capture worker that are broken on purpose, each in one way; see mutations.ts.
import { VrrpDuty, type VrrpDutyParts } from '#capture/vrrp-duty.ts';
import type { Link } from '#ports.ts';
import { TableReader, type TableRow } from '#table/table-reader.ts';

/** Does not look at the time that a turn took. */
export class Unobservant extends VrrpDuty {
  override hasPaused(): boolean {
    return false;
  }
}

/** What was led once goes on being announced, though not answered. */
export class LingeringTable extends TableReader {
  isAnnouncing = false;
  readonly #led = new Map<number, number>();

  override findIPv4(address: number, nowMs: number): number {
    const row = super.findIPv4(address, nowMs);
    if (row >= 0) this.#led.set(address, row);
    return this.isAnnouncing ? (this.#led.get(address) ?? row) : row;
  }

  override forEachRow(visit: (row: TableRow) => void, nowMs: number): void {
    super.forEachRow((row) => {
      const address = new DataView(row.address.buffer).getInt32(12);
      if (row.active) this.#led.set(address, row.index);
      visit({ ...row, active: row.active || this.#led.has(address) });
    }, nowMs);
  }
}

export class LingeringDuty extends VrrpDuty {
  readonly #table: LingeringTable;

  constructor(parts: VrrpDutyParts, table: LingeringTable) {
    super(parts);
    this.#table = table;
  }

  override hear(frame: Uint8Array, length: number, nowMs: number): void {
    this.#table.isAnnouncing = false;
    super.hear(frame, length, nowMs);
  }

  override turn(nowMs: number, hasHeardAll: boolean): void {
    this.#table.isAnnouncing = true;
    super.turn(nowMs, hasHeardAll);
  }

  override sleeps(nowMs: number, delayMs: number): void {
    this.#table.isAnnouncing = false;
    super.sleeps(nowMs, delayMs);
  }
}

/** Nobody hears from the loop that other groups are led. */
export class Discreet extends VrrpDuty {
  override takeMoved(): boolean {
    super.takeMoved();
    return false;
  }
}

/** Advertisements leave at the end of a turn, after what is announced because of them. */
export class Unhurried extends VrrpDuty {
  readonly #flush: () => void;

  constructor(parts: VrrpDutyParts) {
    const kept: Uint8Array[] = [];
    const { link } = parts;
    const late: Link = {
      ...parts.link,
      out: link.out,
      slots: link.slots,
      slotBytes: link.slotBytes,
      flush: (count, lengths) => {
        for (let slot = 0; slot < count; slot++) {
          kept.push(link.out.slice(slot * link.slotBytes, slot * link.slotBytes + (lengths[slot] ?? 0)));
        }
        return count;
      },
    };
    super({ ...parts, link: late });
    this.#flush = () => {
      for (const frame of kept.splice(0)) {
        link.out.set(frame);
        link.flush(1, Uint16Array.of(frame.length));
      }
    };
  }

  override sleeps(nowMs: number, delayMs: number): void {
    this.#flush();
    super.sleeps(nowMs, delayMs);
  }
}
