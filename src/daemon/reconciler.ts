// The loop: the only place that says what happens when something changed.
import type { ClaimsView } from '#model/claims.ts';
import { type Cause, noCause } from '#model/control-action.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import type { Log } from '#ports.ts';
import { Chronicle } from './chronicle.ts';
import { ConfigChronicle } from './config-chronicle.ts';
import {
  type ActiveConfig,
  Configuration,
  type ConfigurationParts,
  type Loaded,
  type Refusal,
} from './configuration.ts';
import { releaseMs } from './moves.ts';
import { ProblemBoard } from './problem-board.ts';
import { type Ready, readyReport } from './ready.ts';
import { describeReload, refusalText, refusedOutcome } from './reload-outcome.ts';
import { type RoundParts, Rounds } from './rounds.ts';
import { settledLinks } from './settled-links.ts';
import { DaemonStore } from './store.ts';

export interface ReconcilerParts extends ConfigurationParts, RoundParts {
  readonly log: Log;
  /** Refuse to start with the last applied configuration when the one on disk is unusable. */
  readonly strictConfig: boolean;
  /** Called with every configuration that is about to be applied (log level). */
  readonly onConfig?: (config: NodeConfig) => void;
  /** Called once, when the first evaluation is applied and its links are settled. */
  readonly onReady: (ready: Ready) => void;
}

export type StartResult = { readonly ok: true } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Changes that come within this time are one round: a link that comes up is five netlink messages. */
const coalesceMs = 10;
const [resyncMs, lookAgainMs] = [30_000, 5000];
/** Who stops a service waits for some seconds. */
const farewellMs = 3000;

export class Reconciler {
  readonly store: DaemonStore;
  readonly #parts: ReconcilerParts;
  readonly chronicle: Chronicle;
  readonly #notes: ConfigChronicle;
  readonly #configuration: Configuration;
  readonly #rounds: Rounds;
  readonly #board: ProblemBoard;
  #active: ActiveConfig | null = null;
  #cancelRound: (() => void) | null = null;
  #cancelResync: (() => void) | null = null;
  #cancelLook: (() => void) | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #queued: Promise<ReloadOutcome> | null = null;
  #stopped = false;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.store = new DaemonStore(parts.nodeName ?? '');
    this.chronicle = new Chronicle(parts.state, parts.log, this.store);
    this.#notes = new ConfigChronicle(this.chronicle, parts);
    this.#configuration = new Configuration(parts);
    this.#rounds = new Rounds(parts, this.store, this.chronicle);
    this.#board = new ProblemBoard({ ...parts, store: this.store, rounds: this.#rounds });
  }

  /**
   * Loads, evaluates and applies for the first time, then watches. Not ok: there is no usable configuration.
   * @throws what `evaluate` throws
   */
  async start(): Promise<StartResult> {
    const { source, links, state, sink } = this.#parts;
    const loaded = await this.#configuration.first(this.#parts.strictConfig);
    if (!('active' in loaded)) return { ok: false, problems: loaded.problems };
    this.#notes.started(loaded.active);
    const damage = state.damage();
    if (damage) this.#note('state.damaged', 'warning', 'state', damage);
    await this.#parts.lan?.join(loaded.active);
    this.#adopt(loaded);
    if (loaded.refusal) this.#notes.refused(loaded.refusal, noCause('start'), loaded.active.generation);
    source.watch(() => this.#onSourceChange());
    links.watch(() => this.trigger());
    this.#scheduleResync();
    await settledLinks(this.#parts);
    this.#board.refresh();
    this.#parts.onReady(readyReport(this.store.get().node, loaded.active.generation, sink.report()));
    return { ok: true };
  }

  get claims(): ClaimsView {
    return this.#rounds.claims.view();
  }

  /** Something changed: look again, soon. */
  trigger(): void {
    if (this.#cancelRound || this.#stopped) return;
    this.#cancelRound = this.#parts.clock.setTimeout(() => {
      this.#cancelRound = null;
      this.#round();
    }, coalesceMs);
  }

  /** Loads and applies what is on disk. Calls that come while one waits share it: it reads what all of them mean. */
  reload(cause: Cause): Promise<ReloadOutcome> {
    if (this.#queued) return this.#queued;
    const next = this.#running.then(() => {
      this.#queued = null;
      return this.#reload(cause);
    });
    this.#queued = next;
    this.#running = next.catch(() => {});
    return next;
  }

  /** Brings the list of problems up to date with the links. */
  refresh(): void {
    if (this.#active && !this.#stopped) this.#board.refresh();
  }

  /** Withdraws everything and closes what was handed in. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const { source, links, sink, delivery, state, election, failovers } = this.#parts;
    this.#cancelRound?.();
    this.#cancelResync?.();
    this.#cancelLook?.();
    source.close();
    links.close();
    // Others answer before this box is silent.
    await election?.releaseAll(releaseMs);
    await sink.close();
    failovers?.tell();
    await this.#rounds.farewell(farewellMs);
    delivery?.restore();
    this.#note('daemon.stopped', 'info', 'daemon', 'Stopped');
    state.close();
  }

  async #reload(cause: Cause): Promise<ReloadOutcome> {
    const before = this.#active;
    if (this.#stopped || !before) return refusedOutcome(this.store.get().generation, [], 'the daemon is not running');
    try {
      const loaded = await this.#configuration.load(before);
      if (this.#stopped) return refusedOutcome(before.generation, [], 'the daemon is stopping');
      if (!('active' in loaded)) return this.#refuse(loaded, before.generation, cause);
      const allocated = this.store.get().snapshot?.desired.allocations ?? [];
      this.#adopt(loaded);
      // Whoever hears "applied" may ask the wire at once: a link that is wanted for the first time has to be open.
      await settledLinks(this.#parts);
      const { snapshot } = this.store.get();
      const outcome = describeReload({ before, after: loaded.active, allocated, snapshot });
      if (loaded.active !== before) this.#notes.applied(outcome, cause);
      return outcome;
    } catch (error) {
      this.#crashed(error);
      return refusedOutcome(before.generation, [], `internal error: ${String(error)}`);
    }
  }

  /** Makes a loaded configuration the running one. */
  #adopt({ active, documents, refusal }: Loaded): void {
    this.#parts.onConfig?.(active.config);
    this.chronicle.keep = active.config.journal.keep;
    this.#rounds.run(active);
    const isNew = active !== this.#active;
    this.#active = active;
    this.#board.bug = null;
    this.#board.refused = refusal;
    const loadedMs = isNew ? this.#parts.clock.wallMs() : this.store.get().loadedMs;
    this.store.set({
      active,
      generation: active.generation,
      loadedMs,
      configValid: !refusal,
      configProblems: refusal?.problems ?? active.problems,
      isDiskNewer: false,
    });
    if (documents) this.#configuration.keep(active, documents);
    if (isNew) this.#configuration.forgetOthers(active);
    this.#afterRound();
  }

  #refuse(refusal: Refusal, generation: number, cause: Cause): ReloadOutcome {
    const known = this.#board.refused;
    // `reload` and the file watcher see the same mistake: it is one event.
    if (!known || refusalText(known) !== refusalText(refusal)) this.#notes.refused(refusal, cause, generation);
    this.#board.refused = refusal;
    this.store.set({ configValid: false, configProblems: refusal.problems, isDiskNewer: false });
    this.#board.refresh();
    return refusedOutcome(generation, refusal.problems, refusalText(refusal));
  }

  #round(): void {
    if (!this.#active || this.#stopped) return;
    try {
      this.#rounds.run(this.#active);
      this.#board.bug = null;
    } catch (error) {
      this.#crashed(error);
    }
    this.#afterRound();
  }

  /** A duplicate that falls silent is over without anything that happens. */
  #lookAgain(): void {
    this.#cancelLook?.();
    if (!this.#rounds.claims.isPending() && !this.#parts.lan?.isPending()) return;
    this.#cancelLook = this.#parts.clock.setTimeout(() => this.trigger(), lookAgainMs);
  }

  #afterRound(): void {
    this.#lookAgain();
    this.chronicle.noteFault(this.#parts.clock.wallMs());
    this.#board.refresh();
  }

  /** A bug must not silence what is answered already. */
  #crashed(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (this.#board.bug !== text) this.#note('daemon.bug', 'critical', 'daemon', `Internal error: ${text}`);
    this.#board.bug = text;
    this.#board.refresh();
  }

  #onSourceChange(): void {
    const watch = this.#active?.config.reload.watch;
    if (watch === true) return void this.reload(noCause('file change'));
    this.store.set({ isDiskNewer: true });
    this.#parts.log.write('info', 'Configuration changed on disk, not applied (reload.watch)', { watch });
  }

  #scheduleResync(): void {
    this.#cancelResync = this.#parts.clock.setTimeout(() => {
      this.#round();
      // A retry of what could not be written.
      this.chronicle.record([]);
      this.#afterRound();
      this.#scheduleResync();
    }, resyncMs);
  }

  #note(kind: string, severity: JournalEntry['severity'], object: string, message: string): void {
    this.chronicle.record([{ timeMs: this.#parts.clock.wallMs(), kind, severity, object, message, fields: {} }]);
  }
}
