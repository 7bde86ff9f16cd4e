// The main thread's side of what a capture worker writes about claims: conflict slots and outcomes of probing.
import type { IpAddress } from '#model/address.ts';
import {
  ClaimOutcome,
  Conflict,
  conflictCount,
  conflictPolicies,
  conflictWords,
  Header,
  type Layout,
  probeProfiles,
  Row,
  readLayout,
} from './layout.ts';
import type { TableWriter } from './table-writer.ts';

/** Claims of one MAC on one address. Times: low 32 bits of monotonic milliseconds. */
export interface ClaimRecord {
  readonly address: IpAddress;
  /** Colon text. */
  readonly mac: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Bits 1 << ClaimKind. */
  readonly kinds: number;
  /** Claims that came within DEFEND_INTERVAL after another one. */
  readonly repeats: number;
}

/** The worker writes a slot within a microsecond; one that is caught in the middle is read at the next look. */
const attempts = 8;

export class ClaimView {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  readonly #writer: TableWriter;

  constructor(buffer: SharedArrayBuffer, writer: TableWriter) {
    this.#words = new Int32Array(buffer);
    this.#layout = readLayout(this.#words);
    this.#writer = writer;
  }

  /** Differs from before when the worker wrote something about claims. */
  epoch(): number {
    return Atomics.load(this.#words, Header.claimEpoch);
  }

  setPolicy(policy: (typeof conflictPolicies)[number], profile: (typeof probeProfiles)[number]): void {
    Atomics.store(this.#words, Header.conflictPolicy, conflictPolicies.indexOf(policy));
    Atomics.store(this.#words, Header.probeProfile, probeProfiles.indexOf(profile));
  }

  /** What probing for this row came to, null while it is under way. */
  outcome(address: IpAddress, generation: number): 'clear' | 'conflict' | null {
    const at = this.#writer.rowWordOf(address);
    if (at < 0) return null;
    const word = Atomics.load(this.#words, at + Row.outcome);
    if (word >>> 2 !== (generation << 2) >>> 2) return null;
    if ((word & 3) === ClaimOutcome.clear) return 'clear';
    return (word & 3) === ClaimOutcome.conflict ? 'conflict' : null;
  }

  /** Every recorded claimant. */
  records(): readonly ClaimRecord[] {
    const found: ClaimRecord[] = [];
    for (let slot = 0; slot < conflictCount; slot++) {
      const record = this.#read(this.#layout.conflictsAt + slot * conflictWords);
      if (record) found.push(record);
    }
    return found;
  }

  #read(at: number): ClaimRecord | null {
    const load = (word: number) => Atomics.load(this.#words, at + word);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const sequence = load(Conflict.sequence);
      if (sequence === 0) return null;
      if (sequence & 1) continue;
      const record = {
        address: addressOf(
          load(Conflict.family),
          [0, 1, 2, 3].map((i) => load(Conflict.address + i)),
        ),
        mac: macText(load(Conflict.macHigh), load(Conflict.macLow)),
        count: load(Conflict.count),
        firstMs: load(Conflict.firstMs),
        lastMs: load(Conflict.lastMs),
        kinds: load(Conflict.kinds),
        repeats: load(Conflict.repeats),
      };
      if (load(Conflict.sequence) === sequence) return record;
    }
    return null;
  }
}

function addressOf(family: number, words: readonly number[]): IpAddress {
  if (family === 4) return { family: 'IPv4', value: BigInt((words[3] ?? 0) >>> 0) };
  return { family: 'IPv6', value: words.reduce((value, word) => (value << 32n) | BigInt(word >>> 0), 0n) };
}

function macText(high: number, low: number): string {
  const hex = (high & 0xffff).toString(16).padStart(4, '0') + (low >>> 0).toString(16).padStart(8, '0');
  return hex.replace(/..(?=.)/g, '$&:');
}
