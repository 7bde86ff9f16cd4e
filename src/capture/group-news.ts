// What an effect of a virtual router is in words for the main thread.
import type { VrrpEffect } from '#core/vrrp-state.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { VirtualRouter } from './virtual-router.ts';

/** Null: nothing to tell. `router`: after the step. */
export function newsOf(router: VirtualRouter, effect: VrrpEffect, nowMs: number): ElectionNews | null {
  const { group } = router;
  const named = (sender: bigint | null) => (sender === null ? null : router.addressText(sender));
  const note = (what: string, sender: bigint | null): ElectionNews => ({
    kind: 'note',
    note: { group, what, sender: named(sender) },
  });
  switch (effect.kind) {
    case 'lead': {
      const { cause, from } = effect;
      const detectMs = from && cause === 'silence' ? nowMs - from.lastHeardMs : null;
      return moved(router, { isHere: true, cause, other: named(from?.address ?? null), atMs: nowMs, detectMs });
    }
    case 'yield':
      return moved(router, {
        isHere: false,
        cause: effect.cause,
        other: named(effect.to),
        atMs: nowMs,
        detectMs: null,
      });
    case 'refused':
      return note(effect.kind, effect.sender);
    case 'handover_failed':
      return note(effect.kind, null);
    case 'advertise':
    case 'reannounce':
      return null;
  }
}

type Move = Extract<ElectionNews, { kind: 'move' }>['move'];

function moved({ group, state }: VirtualRouter, move: Omit<Move, 'group' | 'term'>): ElectionNews {
  return { kind: 'move', move: { group, term: state?.term ?? 0, ...move } };
}
