// Election of a node that is alone on its LAN: it leads whatever it takes part in.
import type { Leadership } from '#model/snapshot.ts';

const everything: Leadership = { kind: 'all' };

/** Leadership in `election.mode: solo`. */
export function soloLeadership(): Leadership {
  return everything;
}
