// What follows for the pools: counts and conditions.
import type { Condition } from '#model/resources.ts';
import type { PoolOutcome } from '#model/snapshot.ts';
import { availableType, conflictType, poolValidType, totalType, usedType } from './condition-types.ts';
import { setSize } from './interval-set.ts';
import type { LedgerChanges, Slot } from './ledger.ts';
import type { PoolBook } from './pool-book.ts';
import { conflictMessage } from './pool-conflict.ts';
import { blockTexts } from './pool-state.ts';
import { isClosed, type PoolUse } from './pool-use.ts';

/**
 * By name. Used counts addresses, not services; an address that is never given counts as used. `before`: the outcomes of
 * the round before with the same book; null: there was none.
 */
export function poolOutcomes(
  book: PoolBook,
  { opened, closed }: LedgerChanges,
  before: readonly PoolOutcome[] | null,
): readonly PoolOutcome[] {
  const touched = new Set<PoolUse>();
  const count = (slots: readonly Slot[], step: 1 | -1) => {
    for (const { address, pool } of slots) {
      for (const use of book.allWith(address, pool)) {
        touched.add(use);
        if (!isClosed(use, address)) use.held += step;
      }
    }
  };
  count(opened, 1);
  count(closed, -1);
  if (before) return touched.size === 0 ? before : before.map((old) => refreshed(old, book.byName(old.name), touched));
  return book.uses.map(outcome).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function refreshed(old: PoolOutcome, use: PoolUse | undefined, touched: ReadonlySet<PoolUse>): PoolOutcome {
  return use && touched.has(use) ? outcome(use) : old;
}

function outcome(use: PoolUse): PoolOutcome {
  const { state } = use;
  const total = setSize(state.covers);
  const used = setSize(use.closed) + BigInt(use.held);
  const available = total - used;
  return {
    name: state.name,
    ranges: state.ranges,
    blocks: blockTexts(state),
    total,
    used,
    available,
    disabled: state.declared.disabled,
    conflict: use.conflict !== null,
    valid: state.fault === null,
    conditions: [
      conflictCondition(use),
      count(totalType, total),
      count(availableType, available),
      count(usedType, used),
      validCondition(use),
    ],
  };
}

function conflictCondition({ conflict }: PoolUse): Condition {
  if (!conflict) return { type: conflictType, status: 'False', reason: 'resolved', message: '' };
  return { type: conflictType, status: 'True', reason: 'cidr_overlap', message: conflictMessage(conflict) };
}

/** Cilium keeps counts in the message, as decimals of any length. */
function count(type: string, value: bigint): Condition {
  return { type, status: 'Unknown', reason: 'noreason', message: value.toString() };
}

function validCondition({ state }: PoolUse): Condition {
  if (!state.fault) return { type: poolValidType, status: 'True', reason: 'valid', message: '' };
  const kept = state.inForce ? '; the last valid version stays in force' : '';
  return { type: poolValidType, status: 'False', reason: state.fault.reason, message: `${state.fault.message}${kept}` };
}
