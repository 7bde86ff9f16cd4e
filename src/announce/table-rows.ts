// The rows of one shared table: which addresses are answered, which are being claimed, which are only listened for.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Claimant, ClaimSight } from '#model/claims.ts';
import type { NodeConfig } from '#model/node-config.ts';
import { ClaimKind } from '#table/claim-recorder.ts';
import { ClaimView } from '#table/claim-view.ts';
import type { Phase } from '#table/layout.ts';
import type { TableWriter } from '#table/table-writer.ts';

/** A row as it is wanted. `announce`: to be answered, after probing unless it is `claimed` already. */
export interface WantedRow {
  readonly address: IpAddress;
  readonly group: number;
  readonly mode: 'announce' | 'watch' | 'question';
  readonly isClaimed: boolean;
}

interface Row extends WantedRow {
  isClaimed: boolean;
  generation: number;
  phase: Phase;
  /** What probing came to; null: nothing yet. */
  outcome: 'clear' | 'conflict' | null;
  /** Wall clock, milliseconds since 1970, of the claim: for people only. */
  sinceMs: number;
  /** When it was wanted last. */
  round: number;
}

/** Whether a row says already what is wished. */
function isAs({ group, mode, isClaimed }: Row, wish: WantedRow): boolean {
  return group === wish.group && mode === wish.mode && (isClaimed || !wish.isClaimed);
}

export class TableRows {
  readonly #writer: TableWriter;
  readonly #claims: ClaimView;
  /** By canonical address. BOUNDED: capacity of the table. */
  readonly #rows = new Map<string, Row>();
  /** Those that are being probed for. */
  readonly #claiming = new Set<Row>();
  /** Addresses that are answered; null: to be listed again. */
  #live: readonly string[] | null = null;
  #unfit: ReadonlySet<string> = new Set();
  /** Counts calls of `set`. */
  #round = 0;
  #generation = 0;
  #hasCarrier = true;
  #epoch = 0;
  /** The claimants that were there at the last look, to tell news from one more frame. */
  #claimants = '';
  #policy: NodeConfig['conflict']['policy'] = 'defend';
  /** Groups that this node leads; null: all, nothing is elected. */
  #led: ReadonlySet<number> | null = null;

  constructor(buffer: SharedArrayBuffer, writer: TableWriter) {
    this.#writer = writer;
    this.#claims = new ClaimView(buffer, writer);
  }

  setPolicy({ policy, profile }: NodeConfig['conflict']): void {
    this.#policy = policy;
    this.#claims.setPolicy(policy, profile);
  }

  /** Groups that this node leads; null: all. */
  setLed(led: ReadonlySet<number> | null): void {
    this.#led = led;
    this.#live = null;
  }

  /** Makes the rows equal this set, as far as they fit (`unfit`). Unchanged rows are left alone: no new announcement. */
  set(wanted: readonly WantedRow[], wallMs: number): void {
    const round = ++this.#round;
    const fresh: [key: string, wish: WantedRow][] = [];
    for (const wish of wanted) {
      const key = formatAddress(wish.address);
      const known = this.#rows.get(key);
      if (known) known.round = round;
      if (!known || !isAs(known, wish)) fresh.push([key, wish]);
    }
    const unfit = new Set<string>();
    this.#writer.batch(() => {
      // First removed, then added: there may be no room for both.
      for (const [key, row] of this.#rows) if (row.round !== round) this.#remove(key, row);
      for (const [key, wish] of fresh) if (!this.#add(key, wish, wallMs) && wish.mode === 'announce') unfit.add(key);
    });
    this.#unfit = unfit;
  }

  /** Addresses that should be announced and have no room in the table. */
  unfit(): ReadonlySet<string> {
    return this.#unfit;
  }

  /**
   * The carrier came (`isBack`) or went. After it came back, neighbors and switches may have forgotten us: everything is
   * announced again. While it is gone, nobody's silence means anything: probing is held, and begins anew.
   */
  carrier(hasCarrier: boolean, isBack: boolean): void {
    const changed = hasCarrier !== this.#hasCarrier;
    this.#hasCarrier = hasCarrier;
    if (!changed && !isBack) return;
    this.#writer.batch(() => {
      for (const row of this.#rows.values()) if (isBack || row.phase !== this.#phaseOf(row)) this.#put(row);
    });
  }

  /** Looks at what the worker wrote about claims; whether there is news for a round. Claimed rows are live from now on. */
  poll(wallMs: number): boolean {
    const epoch = this.#claims.epoch();
    if (epoch === this.#epoch) return false;
    this.#epoch = epoch;
    let isNews = false;
    this.#writer.batch(() => {
      for (const row of this.#claiming) {
        const outcome = this.#claims.outcome(row.address, row.generation);
        if (outcome === null) continue;
        isNews = true;
        this.#claiming.delete(row);
        if (outcome === 'clear' && row.mode === 'announce') this.#promote(row, wallMs);
        else row.outcome = outcome;
      }
    });
    const claimants = this.#claims
      .records()
      .map(({ address, mac, repeats }) => `${address.value} ${mac} ${this.#policy === 'release' ? repeats : ''}`)
      .join();
    if (claimants !== this.#claimants) isNews = true;
    this.#claimants = claimants;
    return isNews;
  }

  /** Announces a row again, as after a loss of carrier. False: it is not live. */
  again(ip: string): boolean {
    const row = this.#rows.get(ip);
    return row !== undefined && row.mode === 'announce' && row.phase === 'live' && this.#put(row);
  }

  /** `nowMs`: monotonic, not wrapped. */
  sight(name: string, nowMs: number): ClaimSight {
    const concluded: ClaimSight['concluded'][number][] = [];
    for (const { address, mode, outcome } of this.#rows.values()) {
      if (outcome !== null) concluded.push({ address, isQuestion: mode === 'question', outcome });
    }
    return {
      interface: name,
      live: this.#liveList(),
      concluded,
      claimants: this.#claimantsAt(nowMs),
    };
  }

  /** The same list until a row changes. */
  #liveList(): readonly string[] {
    if (this.#live) return this.#live;
    const live: string[] = [];
    for (const [ip, { mode, phase, group }] of this.#rows) {
      if (mode === 'announce' && phase === 'live' && (this.#led?.has(group) ?? true)) live.push(ip);
    }
    this.#live = live;
    return live;
  }

  /** Rows that are or will be answered, by address. */
  *announced(): Iterable<{ ip: string; answers: number; sinceMs: number; generation: number; isClaiming: boolean }> {
    for (const [ip, { address, mode, phase, sinceMs, generation }] of this.#rows) {
      if (mode !== 'announce') continue;
      yield { ip, answers: this.#writer.answers(address), sinceMs, generation, isClaiming: phase !== 'live' };
    }
  }

  clear(): void {
    for (const [key, row] of this.#rows) this.#remove(key, row);
  }

  /** False: it does not fit. */
  #add(key: string, wish: WantedRow, wallMs: number): boolean {
    const known = this.#rows.get(key);
    if (known?.group === wish.group && known.mode === wish.mode) {
      // What was claimed meanwhile stays claimed; what is claimed by decree needs no more probing.
      if (wish.isClaimed && !known.isClaimed) this.#promote(known, wallMs);
      return true;
    }
    const row: Row = { ...wish, generation: 0, phase: 'live', outcome: null, sinceMs: wallMs, round: this.#round };
    if (known) this.#claiming.delete(known);
    const fits = this.#put(row);
    if (fits) this.#rows.set(key, row);
    return fits;
  }

  #remove(key: string, row: Row): void {
    this.#live = null;
    this.#writer.remove(row.address);
    this.#claiming.delete(row);
    this.#rows.delete(key);
  }

  /** Nobody else has it: answered and announced from now on. */
  #promote(row: Row, wallMs: number): void {
    row.isClaimed = true;
    row.sinceMs = wallMs;
    this.#put(row);
  }

  /** Writes the row under a new generation: it is announced, or probed for, from the beginning. */
  #put(row: Row): boolean {
    this.#live = null;
    row.generation = ++this.#generation;
    row.phase = this.#phaseOf(row);
    row.outcome = null;
    this.#claiming.delete(row);
    if (!this.#writer.put(row)) return false;
    if (row.phase === 'claiming' || row.phase === 'asking') this.#claiming.add(row);
    return true;
  }

  #phaseOf({ mode, isClaimed }: Row): Phase {
    if (mode === 'announce' && isClaimed) return 'live';
    if (mode === 'watch' || !this.#hasCarrier) return 'watched';
    return mode === 'question' ? 'asking' : 'claiming';
  }

  #claimantsAt(nowMs: number): readonly Claimant[] {
    const full = (low: number) => nowMs - Math.max(0, ((nowMs >>> 0) - low) | 0);
    return this.#claims.records().map(({ address, mac, count, firstMs, lastMs, kinds, repeats }) => ({
      address,
      mac,
      count,
      firstMs: full(firstMs),
      lastMs: full(lastMs),
      repeats,
      isEcho: kinds === 1 << ClaimKind.own,
    }));
  }
}
