// What is told of boxes: what is news, as text, and what is wrong.
import type { PeerEntry } from '#core/peer-table.ts';
import type { Holding } from '#core/peer-union.ts';
import type { Peer, PeerFacts, PeerFindings } from '#model/peers.ts';

/** What is worth a hello at once when it changes. */
export function tellingText({ state, generation, configHash, vips: _, ...facts }: PeerFacts, digest: number): string {
  const links = facts.links.map(({ link, led, eligible }) => [link.name, link.addresses, [...led], [...eligible]]);
  return JSON.stringify([facts.node, state, generation, configHash, digest, links]);
}

/** What is worth a look when it changes. */
export function seenText({ heardMs: _, vips: __, links, ...peer }: Peer): unknown {
  const { node, instance, state, generation, configHash, macs } = peer;
  const heard = links.map(({ heardMs: ___, hearsUs: ____, led, eligible, ...link }) => [link, [...led], [...eligible]]);
  return [node, instance, state, generation, configHash, macs, heard];
}

/** What is held of each, where it is whole. */
export function holdingsOf(live: readonly PeerEntry[]): readonly Holding[] {
  return live.flatMap(({ node, copy }) => {
    const set = copy.whole();
    return set ? [{ node, set }] : [];
  });
}

/** `peers`: addresses of boxes that should be heard. */
export function heardOf(live: readonly PeerEntry[], peers: readonly string[]): Pick<PeerFindings, 'held' | 'unheard'> {
  const links = live.flatMap((entry) => [...entry.links.values()]);
  const heard = new Set(links.flatMap(({ source, hello }) => [source, ...hello.addresses]));
  return {
    held: live.map(({ node, copy }) => ({ node, set: copy.whole(), isCurrent: copy.isCurrent() })),
    unheard: peers.filter((address) => !heard.has(address)),
  };
}
