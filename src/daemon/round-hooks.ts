// A round's calls of the operator's hook.
import type { JournalEntry } from '#model/journal.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Announcement } from '#model/snapshot.ts';
import type { Election } from '#ports/election.ts';
import type { Clock } from '#ports.ts';
import type { Failovers } from './failovers.ts';
import { hookEvents } from './hook-events.ts';
import type { HookQueue } from './hook-queue.ts';
import type { LeadingRows } from './leading-rows.ts';

export interface RoundHookParts {
  readonly clock: Clock;
  /** Left out: there is no hook. */
  readonly hooks?: Pick<HookQueue, 'configure' | 'add' | 'settled'>;
  readonly election?: Election;
  readonly failovers?: Failovers;
}

export class RoundHooks {
  readonly #parts: RoundHookParts;

  constructor(parts: RoundHookParts) {
    this.#parts = parts;
  }

  /** `seen`: what became known of claims. */
  call(
    node: string,
    settings: NodeConfig['hooks'],
    changes: LeadingRows['changes'],
    seen: readonly JournalEntry[],
  ): void {
    const { hooks, failovers } = this.#parts;
    hooks?.configure(settings);
    if (!hooks || changes.gone.length + changes.come.length + seen.length === 0) return;
    hooks.add(hookEvents({ ...this.#facts(node), ...changes, why: (row) => failovers?.decided(row) ?? null, seen }));
  }

  /** This box stops: the hook hears of every address that it leaves. */
  async farewell(node: string, rows: readonly Announcement[], timeoutMs: number): Promise<void> {
    const { hooks, failovers } = this.#parts;
    const why = (row: Announcement) => ({ cause: 'stopped', other: failovers?.decided(row)?.other ?? null });
    hooks?.add(hookEvents({ ...this.#facts(node), come: [], gone: rows, why, seen: [] }));
    await hooks?.settled(timeoutMs);
  }

  #facts(node: string) {
    const { clock, election } = this.#parts;
    return { node, nowMs: clock.wallMs(), groups: election?.reports() ?? new Map() };
  }
}
