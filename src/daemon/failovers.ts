// The story of each change of leadership: who led, who leads, why, and how long detection, claim and first answer took.
import { differenceText } from '#core/difference-problems.ts';
import { addressBytes, formatAddress } from '#model/address.ts';
import type { GroupMove, GroupNote } from '#model/election.ts';
import { routerOf } from '#model/group-index.ts';
import type { JournalEntry } from '#model/journal.ts';
import { mappedKey } from '#model/mapped-key.ts';
import type { RouterDifference } from '#model/router-difference.ts';
import { type Announcement, ledKey } from '#model/snapshot.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { Clock, Log } from '#ports.ts';
import { EntryTally } from './entry-tally.ts';

/** By then all first announcements have left, and whoever needs an address has asked. */
const storyMs = 2500;

/** Words of the state machine. */
const noteTexts: Readonly<Record<string, string>> = {
  handover_failed: 'nobody took it, this box goes on leading',
  refused: 'not taken, because a router that is none of ours uses its virtual router id',
};

/**
 * Causes as people read them, of both sides. `handover`: on request; `silence`: the leader was not heard any more;
 * `goodbye`: it stopped or was drained; `start`: nobody led; `link-lost`: this box could not send any more.
 */
const causes: Readonly<Record<string, string>> = {
  take: 'handover',
  handed_over: 'handover',
  deaf_peer: 'deaf-peer',
  stopped: 'link-lost',
};

function causeText(cause: string): string {
  return causes[cause] ?? cause;
}

interface Signs {
  readonly term: number;
  announcedMs: number | null;
  answeredMs: number | null;
}

interface Pending {
  readonly row: Announcement;
  readonly move: GroupMove;
  readonly timeMs: number;
}

export interface FailoverParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Name of the box with this address; null: not known. */
  readonly nameOf: (address: string) => string | null;
}

export class Failovers {
  readonly #parts: FailoverParts;
  /** The newest move of each group on each interface. BOUNDED: groups of the interfaces. */
  readonly #moves = new Map<string, GroupMove>();
  /** By interface and address. BOUNDED: rows that came here since the last story was told. */
  readonly #signs = new Map<string, Signs>();
  /** BOUNDED: as above. */
  #pending: Pending[] = [];
  /** Differences that were told, by interface. BOUNDED: as the workers tell them. */
  readonly #differing = new Map<string, ReadonlySet<string>>();
  #cancel: (() => void) | null = null;
  #record: (entries: readonly JournalEntry[]) => void = () => {};
  /** Name of this box. */
  #node = '';

  constructor(parts: FailoverParts) {
    this.#parts = parts;
  }

  /** `record`: where complete stories go. */
  attach(node: string, record: (entries: readonly JournalEntry[]) => void): void {
    this.#node = node;
    this.#record = record;
  }

  /** Takes in what the worker of an interface says. */
  hear(name: string, news: ElectionNews): void {
    if (news.kind === 'move') this.#heardMove(name, news.move);
    else if (news.kind === 'signs') this.#heardSigns(name, news.signs);
    else if (news.kind === 'note') this.#heardNote(name, news.note);
    else if (news.kind === 'differences') this.#heardDifferences(name, news.differences);
  }

  /** A row is answered here since this round; false: nothing is elected there, and there is no story. */
  acquired(row: Announcement, timeMs: number): boolean {
    const move = this.#moves.get(ledKey(row.interface, row.group));
    if (row.group === 0 || !move?.isHere) return false;
    this.#pending.push({ row, move, timeMs });
    this.#cancel ??= this.#parts.clock.setTimeout(() => this.tell(), storyMs);
    return true;
  }

  /** Why a row is not answered here any more, for its entry; null: nothing is elected there. */
  lost(row: Announcement): { readonly to: string | null; readonly cause: string } | null {
    const move = this.#moves.get(ledKey(row.interface, row.group));
    if (row.group === 0 || !move || move.isHere) return null;
    // What comes first is told first, complete or not: else the last line of a history names who has long left.
    if (this.#pending.some((pending) => isSameRow(pending.row, row))) this.tell();
    return { to: this.#named(move.other), cause: causeText(move.cause) };
  }

  /** What was decided about the group of a row last; null: nothing is elected there. */
  decided(row: Announcement): { readonly cause: string; readonly other: string | null } | null {
    const move = row.group === 0 ? undefined : this.#moves.get(ledKey(row.interface, row.group));
    return move ? { cause: causeText(move.cause), other: this.#named(move.other) } : null;
  }

  /** Tells all stories now, complete or not. */
  tell(): void {
    this.#cancel?.();
    this.#cancel = null;
    const tally = new EntryTally();
    for (const pending of this.#pending) tally.add('leader.acquired', () => this.#entry(pending));
    this.#pending = [];
    this.#signs.clear();
    const entries = tally.list();
    if (entries.length > 0) this.#record(entries);
  }

  #heardMove(name: string, move: GroupMove): void {
    const { group, isHere, cause, other } = move;
    this.#moves.set(ledKey(name, group), move);
    const whom = other === null ? '' : ` (${this.#named(other)})`;
    const text = `${isHere ? 'Leading' : 'No longer leading'} group ${routerOf(group)?.id ?? group} on "${name}": ${causeText(cause)}${whom}`;
    this.#parts.log.write('info', text, { interface: name, group, term: move.term });
  }

  #heardNote(name: string, { group, what, sender }: GroupNote): void {
    const by = sender === null ? '' : ` (${this.#named(sender)})`;
    const id = routerOf(group)?.id ?? group;
    const text = `Group ${id} on "${name}": ${noteTexts[what] ?? what}${by}`;
    const fields = { interface: name, group, what, sender };
    const timeMs = this.#parts.clock.wallMs();
    this.#record([
      { timeMs, kind: 'election.note', severity: 'warning', object: `interface/${name}`, message: text, fields },
    ]);
  }

  /** Each once, as long as it lasts. */
  #heardDifferences(name: string, differences: readonly RouterDifference[]): void {
    const timeMs = this.#parts.clock.wallMs();
    const known = this.#differing.get(name) ?? new Set();
    const fresh = differences.filter((one) => !known.has(identity(one)));
    this.#differing.set(name, new Set(differences.map(identity)));
    if (fresh.length === 0) return;
    this.#record(
      fresh.map((one): JournalEntry => {
        const { what, sender, heard, own } = one;
        const { message, severity } = differenceText(name, one);
        const fields = { interface: name, what, sender, heard, own };
        return { timeMs, kind: 'election.differs', severity, object: `interface/${name}`, message, fields };
      }),
    );
  }

  #heardSigns(name: string, { term, signs }: Extract<ElectionNews, { kind: 'signs' }>['signs']): void {
    for (const { key, sign, afterMs } of signs) {
      const known = this.#signs.get(`${name} ${key}`);
      const found = known?.term === term ? known : { term, announcedMs: null, answeredMs: null };
      if (sign === 'announced') found.announcedMs = afterMs;
      else found.answeredMs = afterMs;
      this.#signs.set(`${name} ${key}`, found);
    }
    if (this.#cancel && this.#pending.every((pending) => this.#isComplete(pending))) this.tell();
  }

  #isComplete({ row, move }: Pending): boolean {
    const signs = this.#signsOf(row, move);
    return signs !== null && signs.announcedMs !== null && signs.answeredMs !== null;
  }

  #signsOf({ interface: name, address }: Announcement, { term }: GroupMove): Signs | null {
    const signs = this.#signs.get(`${name} ${mappedKey(addressBytes(address))}`);
    return signs?.term === term ? signs : null;
  }

  #entry({ row, move, timeMs }: Pending): Omit<JournalEntry, 'kind'> {
    const { address, interface: name, services, group } = row;
    const { cause, detectMs, term, other } = move;
    const ip = formatAddress(address);
    const signs = this.#signsOf(row, move);
    const claimMs = signs?.announcedMs ?? null;
    const answerMs = signs?.answeredMs ?? null;
    const fields = {
      ip,
      interface: name,
      services: services.join(' '),
      group,
      term,
      from: this.#named(other),
      to: this.#node,
      cause: causeText(cause),
      gapSeconds: seconds(gapOf(cause, detectMs, claimMs, answerMs)),
      detectSeconds: seconds(detectMs),
      claimSeconds: seconds(claimMs),
      answerSeconds: seconds(answerMs),
    };
    const before = fields.from === null || fields.from === this.#node ? '' : ` after ${fields.from}`;
    const message = `Answering for ${ip} on ${name}${before}: ${causeText(cause)}`;
    return { timeMs, severity: 'info', object: `ip/${ip}`, message, fields };
  }

  #named(address: string | null): string | null {
    return address === null ? null : (this.#parts.nameOf(address) ?? address);
  }
}

function isSameRow(a: Announcement, b: Announcement): boolean {
  return a.interface === b.interface && a.address.value === b.address.value && a.address.family === b.address.family;
}

/** Without an answer or an announcement of anybody. A leader that hands over answers until its successor does. */
function gapOf(cause: string, detectMs: number | null, claimMs: number | null, answerMs: number | null): number | null {
  if (cause === 'start' || cause === 'owner') return null;
  if (cause !== 'silence') return 0;
  const firstMs = Math.min(claimMs ?? Number.POSITIVE_INFINITY, answerMs ?? Number.POSITIVE_INFINITY);
  return detectMs === null || !Number.isFinite(firstMs) ? null : detectMs + firstMs;
}

function identity({ what, sender }: RouterDifference): string {
  return `${what} ${sender}`;
}

function seconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10_000;
}
