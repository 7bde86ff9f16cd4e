// What a watching command says when it read too slowly for the daemon to keep everything.
import type { StreamResync } from '#control/stream-protocol.ts';

export function resyncText({ lost, time }: StreamResync): string {
  const changes = `${lost} ${lost === 1 ? 'change was' : 'changes were'} not told`;
  return `lanlord: read too slowly: ${changes}; what differs at ${time.slice(0, 19)}Z follows`;
}
