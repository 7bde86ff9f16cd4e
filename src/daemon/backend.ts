// What the control server may see of the daemon and ask of it.
import type { IpAddress } from '#model/address.ts';
import type { WireAnswer } from '#model/claims.ts';
import type { GroupView } from '#model/group-view.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import type { Interface } from '#model/resources.ts';
import type { TrafficPage, TrafficQuery } from '#model/traffic-frame.ts';
import type { CaptureReport, Clock, ControlBackend, DaemonView, ViewListener } from '#ports.ts';
import type { Reconciler } from './reconciler.ts';

export interface BackendParts {
  readonly reconciler: Reconciler;
  /** Present state of the links, `AnnouncementSink.report`. */
  readonly captures: () => readonly CaptureReport[];
  /** Asks the wire who has an address, on these interfaces. */
  readonly ask: (address: IpAddress, interfaces: readonly Interface[]) => Promise<readonly WireAnswer[] | null>;
  readonly journal: (limit: number) => readonly JournalEntry[];
  readonly traffic: (query: TrafficQuery) => TrafficPage;
  readonly clock: Clock;
  /** Left out: nothing is elected. */
  readonly groups?: (node: string) => readonly GroupView[];
  readonly pid: number;
  readonly version: string;
  readonly paths: readonly string[];
}

export class DaemonBackend implements ControlBackend {
  readonly #parts: BackendParts;
  readonly #startedMs: number;

  constructor(parts: BackendParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.wallMs();
  }

  view(): DaemonView {
    const { reconciler, captures, clock, groups, pid, version, paths } = this.#parts;
    reconciler.refresh();
    const { node, generation, loadedMs, configValid, configProblems, snapshot, problems, undelivered, leading } =
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
      configValid,
      configProblems,
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

  reload(cause: string): Promise<ReloadOutcome> {
    return this.#parts.reconciler.reload(cause);
  }
}
