// What the control server may see of the daemon and ask of it.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { WireAnswer } from '#model/claims.ts';
import {
  type ActionOutcome,
  actionRefusals,
  actionText,
  type Caller,
  type Cause,
  type ControlAction,
  callerFields,
  callerText,
} from '#model/control-action.ts';
import type { GroupView } from '#model/group-view.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { Peer } from '#model/peers.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import type { Interface, Position } from '#model/resources.ts';
import type { GivenSetting } from '#model/setting.ts';
import type { TrafficPage, TrafficQuery } from '#model/traffic-frame.ts';
import type { ControlBackend, LeadershipMoves, ViewListener } from '#ports/control-backend.ts';
import type { CaptureReport, Clock, DaemonView } from '#ports.ts';
import type { Reconciler } from './reconciler.ts';

/** A round comes within milliseconds of what it is for. */
const roundMs = 1000;

const nowhere: ReadonlyMap<string, Position> = new Map();

export interface BackendParts {
  readonly reconciler: Reconciler;
  /** Present state of the links, `AnnouncementSink.report`. */
  readonly captures: () => readonly CaptureReport[];
  /** Asks the wire who has an address, on these interfaces. */
  readonly ask: (address: IpAddress, interfaces: readonly Interface[]) => Promise<readonly WireAnswer[] | null>;
  /** Announces an address again; gives the interfaces on which it is answered. */
  readonly announce: (ip: string) => readonly string[];
  readonly moves: LeadershipMoves;
  readonly journal: (limit: number) => readonly JournalEntry[];
  readonly traffic: (query: TrafficQuery) => TrafficPage;
  readonly clock: Clock;
  /** Left out: nothing is elected. */
  readonly groups?: (node: string) => readonly GroupView[];
  /** Other boxes. */
  readonly peers?: () => readonly Peer[];
  readonly pid: number;
  readonly version: string;
  readonly paths: readonly string[];
  /** What was said at the start, before any file. */
  readonly given?: readonly GivenSetting[];
}

export class DaemonBackend implements ControlBackend {
  readonly #parts: BackendParts;
  readonly #startedMs: number;

  constructor(parts: BackendParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.wallMs();
  }

  view(): DaemonView {
    const { reconciler, captures, clock, groups, peers, pid, version, paths, given = [] } = this.#parts;
    reconciler.refresh();
    const { node, generation, loadedMs, snapshot, problems, undelivered, leading, active, ...config } =
      reconciler.store.get();
    let reports: readonly CaptureReport[] | null = null;
    return {
      node,
      pid,
      version,
      nowMs: clock.wallMs(),
      startedMs: this.#startedMs,
      generation,
      loadedMs,
      paths,
      settingPlaces: active?.settingPlaces ?? nowhere,
      given,
      ...config,
      peers: peers?.() ?? [],
      monotonicMs: clock.monotonicMs(),
      snapshot,
      // Reads every row of every table: made when a view wants it.
      get captures() {
        reports ??= captures();
        return reports;
      },
      problems,
      undelivered,
      leading,
      claims: reconciler.claims,
      ...(groups ? { groups: groups(node) } : {}),
    };
  }

  watch(listener: ViewListener): () => void {
    return this.#parts.reconciler.store.subscribe(listener);
  }

  journal(limit: number): readonly JournalEntry[] {
    return this.#parts.journal(limit);
  }

  traffic(query: TrafficQuery): TrafficPage {
    return this.#parts.traffic(query);
  }

  ask(address: IpAddress): Promise<readonly WireAnswer[] | null> {
    const { captures, reconciler, ask } = this.#parts;
    const open = new Set(captures().flatMap((link) => (link.capture === 'open' ? [link.interface] : [])));
    const interfaces = reconciler.store.get().snapshot?.observed.interfaces ?? [];
    return ask(
      address,
      interfaces.filter(({ name }) => open.has(name)),
    );
  }

  async act(action: ControlAction, by: Caller | null): Promise<ActionOutcome> {
    const { reconciler, clock } = this.#parts;
    const told = this.#nextRound();
    const outcome = action.kind === 'announce' ? this.#announce(action.address) : await this.#parts.moves.move(action);
    if (outcome.ok && action.kind !== 'announce') await told;
    const what = actionText(action);
    const who = callerText(by);
    const message = `${what}${who === '' ? '' : ` by ${who}`}: ${outcome.ok ? outcome.message : `refused: ${outcome.message}`}`;
    const fields = { ...callerFields(by), ok: outcome.ok };
    const object = 'address' in action ? `ip/${formatAddress(action.address)}` : `node/${reconciler.store.get().node}`;
    const entry = {
      timeMs: clock.wallMs(),
      kind: `action.${action.kind}`,
      severity: 'info',
      object,
      message,
      fields,
    } as const;
    reconciler.chronicle.record([entry]);
    return outcome;
  }

  #announce(address: IpAddress): ActionOutcome {
    const ip = formatAddress(address);
    const rows = this.#parts.announce(ip).map((name) => ({ ip, interface: name }));
    if (rows.length === 0) return { ok: false, code: 'LL-ACT-002', message: `${actionRefusals['LL-ACT-002']}: ${ip}` };
    return { ok: true, message: `${ip} is announced again on ${rows.map((row) => row.interface).join(', ')}`, rows };
  }

  /** Resolves after the next round, or soon: whoever drained may look at once. */
  #nextRound(): Promise<void> {
    const { reconciler, clock } = this.#parts;
    return new Promise((resolve) => {
      const end = () => {
        stop();
        cancel();
        resolve();
      };
      const stop = reconciler.store.subscribe({ changed: end, recorded() {} });
      const cancel = clock.setTimeout(end, roundMs);
    });
  }

  reload(cause: Cause): Promise<ReloadOutcome> {
    return this.#parts.reconciler.reload(cause);
  }
}
