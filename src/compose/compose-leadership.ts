// Who leads, and who else is there: the election, the hello, and what hears of both, handed to each other.
import { evaluate } from '#core/evaluate.ts';
import { Failovers } from '#daemon/failovers.ts';
import { peerNames } from '#daemon/group-views.ts';
import { HandoverDesk } from '#daemon/handover.ts';
import { LanBoxes } from '#daemon/lan-boxes.ts';
import { RoundElection } from '#daemon/round-election.ts';
import { HelloService } from '#election/hello-service.ts';
import { VrrpElection } from '#election/vrrp-election.ts';
import type { Peer } from '#model/peers.ts';
import { HelloSocket } from '#native/linux/hello-socket.ts';
import type { Clock, LinkObserver, Log } from '#ports.ts';
import type { LoopHandle } from './loop-handle.ts';

export interface LeadershipNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly links: LinkObserver;
  readonly loop: LoopHandle;
  /** `--node`; null: the NodeConfig names the box. */
  readonly nodeName: string | null;
  /** Wakes the worker of an interface. */
  readonly wake: (name: string) => void;
}

export interface Leadership {
  readonly election: VrrpElection;
  readonly hello: HelloService;
  readonly lan: LanBoxes;
  readonly failovers: Failovers;
  readonly lanElection: RoundElection;
  readonly desk: HandoverDesk;
  readonly peers: () => readonly Peer[];
}

export function composeLeadership({ clock, log, links, loop, nodeName, wake }: LeadershipNeeds): Leadership {
  const onChange = () => loop.trigger();
  const election = new VrrpElection(wake, onChange);
  const hello = new HelloService({ clock, log, open: HelloSocket.open, onChange });
  const lan = new LanBoxes({ peers: hello, clock, links, evaluate, nodeName });
  const peers = () => lan.peers();
  const failovers = new Failovers({ clock, log, nameOf: (address) => peerNames(peers()).get(address) ?? null });
  const lanElection = new RoundElection({ election, boxes: peers });
  const desk = new HandoverDesk({
    election,
    handovers: hello,
    peers,
    store: () => loop.store(),
    ranked: (what) => lanElection.ranked(what),
    log,
    nowMs: clock.monotonicMs,
  });
  return { election, hello, lan, failovers, lanElection, desk, peers };
}
