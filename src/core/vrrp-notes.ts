// What an advertisement shows to be set up differently: told now and then, never a reason to drop it.
// Read RFC 9568 §7.1 before changing this file.
import { type Advertisement, type NoteKind, noteKinds, noteMs, type VrrpState, type VrrpStep } from './vrrp-state.ts';

/** Tells what has not been told within the last minute. */
export function noted(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  // Almost always: the same interval, the same list, one of ours.
  if (!noteKinds.some((kind) => isWorthNoting(kind, state, heard))) return { state, effects: [] };
  const fresh = noteKinds.filter((kind) => {
    return isWorthNoting(kind, state, heard) && nowMs - (state.notedMs[kind] ?? Number.NEGATIVE_INFINITY) >= noteMs;
  });
  if (fresh.length === 0) return { state, effects: [] };
  const notedMs = { ...state.notedMs };
  for (const kind of fresh) notedMs[kind] = nowMs;
  const { sender, intervalMs } = heard;
  return {
    state: { ...state, notedMs },
    effects: fresh.map((note) => ({ kind: 'note', note, sender, intervalMs })),
  };
}

function isWorthNoting(kind: NoteKind, { settings }: VrrpState, heard: Advertisement): boolean {
  switch (kind) {
    case 'interval':
      return heard.intervalMs !== settings.intervalMs;
    case 'addresses':
      return heard.listDiffers === true;
    case 'checksum':
      return heard.checksumDiffers === true;
    case 'foreign':
      return heard.isForeign === true;
    case 'own_address':
      return heard.sender === settings.address;
  }
}
