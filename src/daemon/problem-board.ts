// Keeps the list of running problems up to date, and since when each lasts.
import type { ClaimFacts } from '#core/claim-problems.ts';
import { differenceProblems } from '#core/difference-problems.ts';
import { groupProblems } from '#core/group-problems.ts';
import { dateProblems, runningProblems } from '#core/problems.ts';
import type { LinkState } from '#core/unannounced-problems.ts';
import type { AnnouncementSink, Clock, StateStore } from '#ports.ts';
import type { Refusal } from './configuration.ts';
import type { LanBoxes } from './lan-boxes.ts';
import type { Rounds } from './rounds.ts';
import type { DaemonStore } from './store.ts';

export interface ProblemSources {
  readonly store: DaemonStore;
  readonly state: StateStore;
  readonly sink: AnnouncementSink;
  readonly rounds: Rounds;
  readonly clock: Clock;
  readonly lan?: Pick<LanBoxes, 'problems'>;
  /** The `-c` paths. */
  readonly paths: readonly string[];
}

export class ProblemBoard {
  readonly #sources: ProblemSources;
  /** Why the configuration on disk is not the one that runs. */
  refused: Refusal | null = null;
  /** A round that threw: the text of the bug. */
  bug: string | null = null;
  #last: readonly unknown[] = [];

  constructor(sources: ProblemSources) {
    this.#sources = sources;
  }

  /** Looks again; cheap when nothing changed. Links change without a round, so views call this too. */
  refresh(): void {
    const { store, state, sink, rounds, clock, paths, lan } = this.#sources;
    const { snapshot, generation, problems, undelivered, active } = store.get();
    const links: LinkState[] = sink.report().map(({ interface: name, capture, detail }) => ({
      interface: name,
      capture,
      detail,
    }));
    const stateFault = state.fault();
    const stateDamage = state.damage();
    const deliveryFaults = rounds.deliveryFaults();
    const { refused, bug } = this;
    const claims = { duplicates: rounds.claims.duplicates(), proxies: rounds.claims.proxies() };
    const reports = rounds.election.reports();
    const isRefused = (name: string, group: number) =>
      reports.get(name)?.find((report) => report.group === group)?.refused !== '';
    const differences = differenceProblems(rounds.election.differences(), isRefused);
    const between = [...(lan?.problems() ?? []), ...groupProblems(reports), ...differences];
    const facts = [
      snapshot,
      undelivered,
      active,
      generation,
      stateFault,
      stateDamage,
      refused,
      bug,
      ...deliveryFaults,
      JSON.stringify(links),
      claimsKey(claims),
      JSON.stringify(between),
    ];
    if (facts.length === this.#last.length && facts.every((fact, i) => fact === this.#last[i])) return;
    this.#last = facts;
    const found = runningProblems({
      snapshot,
      links,
      refused,
      ...(active ? { configProblems: active.problems, settingPlaces: active.settingPlaces } : {}),
      generation,
      stateFault,
      stateDamage,
      paths,
      deliveryFaults,
      bug,
      claims,
      undelivered,
      between,
    });
    store.set({ problems: dateProblems(problems, found, clock.wallMs()) });
  }
}

/** Addresses are bigints, which JSON has not. */
function claimsKey({ duplicates, proxies }: ClaimFacts): string {
  const texts = duplicates.map(
    ({ address, mac, interface: name, count }) => `${address.value} ${mac} ${name} ${count}`,
  );
  return JSON.stringify([texts, proxies]);
}
