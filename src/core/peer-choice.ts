// What ranks another box on a LAN: what it could lead there when it last could, also while it cannot or is not there.
import type { Hello } from '#wire/hello.ts';

export interface PeerChoice {
  readonly eligible: ReadonlySet<number>;
  readonly configHash: string;
}

/**
 * After a hello on that LAN. A box that dies, stops, is drained or loses a carrier keeps its place, or first choices
 * among the others would be others, and with `preempt` addresses would move that nothing has happened to. It loses its
 * place when it declares something else, by which it is no candidate any more.
 */
export function nextChoice(known: PeerChoice | undefined, hello: Hello): PeerChoice | undefined {
  const { state, eligible, configHash } = hello;
  const isThere = state === 'ready' || state === 'stale-config';
  if (isThere && eligible.size > 0) return { eligible, configHash };
  if (state === 'joining' || state === 'leaving') return known;
  return known?.configHash === configHash ? known : undefined;
}
