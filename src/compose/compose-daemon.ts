// Everything a daemon is made of, handed to each other; nothing runs yet.
import { Announcer } from '#announce/announcer.ts';
import { deliveryPort } from '#announce/delivery-port.ts';
import { ReportedGroups } from '#announce/reported-groups.ts';
import { captureFilter } from '#capture/filter.ts';
import { KernelLinks } from '#capture/kernel-links.ts';
import type { WorkerSpawner } from '#capture/spawn-worker.ts';
import { CaptureSupervisor } from '#capture/supervisor.ts';
import { WireQuestion } from '#capture/wire-question.ts';
import { evaluate } from '#core/evaluate.ts';
import { DaemonBackend } from '#daemon/backend.ts';
import { groupViews } from '#daemon/group-views.ts';
import { HookQueue } from '#daemon/hook-queue.ts';
import { IdleMemory } from '#daemon/idle-memory.ts';
import { Moves, releaseMs } from '#daemon/moves.ts';
import type { Ready } from '#daemon/ready.ts';
import { Reconciler } from '#daemon/reconciler.ts';
import { hookRunner } from '#hooks/run-hook.ts';
import type { createLog } from '#log.ts';
import { buildInfo } from '#model/build-info.ts';
import { defaultNodeConfig, hasGroups, type NodeConfig } from '#model/node-config.ts';
import type { GivenSetting } from '#model/setting.ts';
import { doorbells } from '#native/doorbells.ts';
import { openLink } from '#native/link.ts';
import { LocalDelivery } from '#native/linux/delivery-local.ts';
import type { LinkMonitor } from '#native/linux/link-monitor.ts';
import { dropCodePages } from '#native/linux/memory-trim.ts';
import { MulticastGroups } from '#native/linux/multicast-groups.ts';
import { PacketSocket } from '#native/linux/packet-socket.ts';
import { systemClock as clock } from '#native/linux/system-clock.ts';
import { readTraffic } from '#native/linux/traffic.ts';
import type { StateStore } from '#ports.ts';
import { FileSource } from '#sources/file/file-source.ts';
import { hookFault } from '#sources/file/hook-fault.ts';
import type { ParseCache } from '#sources/file/parse-cache.ts';
import { composeLeadership } from './compose-leadership.ts';
import { LoopHandle } from './loop-handle.ts';

export interface DaemonNeeds {
  /** Has a capture thread that loads its code while everything else begins. */
  readonly spawner: WorkerSpawner;
  /** `-c`, absolute. */
  readonly paths: readonly string[];
  /** `--node`; null: the NodeConfig names the box, else `hostName`. */
  readonly nodeName: string | null;
  readonly hostName: string;
  readonly election: NodeConfig['election']['mode'] | null;
  readonly strictConfig: boolean;
  /** What was said at the start, before any file. */
  readonly given: readonly GivenSetting[];
  readonly log: ReturnType<typeof createLog>;
  readonly state: StateStore;
  readonly monitor: LinkMonitor;
  readonly parseCache: ParseCache | null;
  readonly deliveryDirectories: readonly string[];
  readonly onConfig: (config: NodeConfig) => void;
  readonly onReady: (ready: Ready) => void;
}

export interface DaemonParts {
  readonly log: DaemonNeeds['log'];
  readonly loop: Reconciler;
  readonly spawner: WorkerSpawner;
  /** For the control sockets, once the loop has started. */
  backend(): DaemonBackend;
  /** After a bug: others answer at once, whatever went wrong here. */
  readonly lastActs: readonly (() => unknown)[];
  /** Stops what the loop does not own: before it, and after it. */
  readonly stop: { before(): void; after(): void };
}

export function composeDaemon(needs: DaemonNeeds): DaemonParts {
  const { spawner, paths, nodeName, log, state } = needs;
  const handle = new LoopHandle();
  const links = new KernelLinks(needs.monitor, clock, log);
  const delivery = deliveryPort(new LocalDelivery(needs.deliveryDirectories));
  const source = fileSource(needs, links, () => delivery.delivered());
  const workers = new CaptureSupervisor({
    clock,
    log,
    doorbells,
    spawn: spawner.spawn,
    onChange: () => handle.refresh(),
    onElection(name, news) {
      leadership.failovers.hear(name, news);
      leadership.election.hear(name, news);
    },
  });
  const wake = (name: string) => workers.wake(name);
  const leadership = composeLeadership({ clock, log, links, loop: handle, nodeName, wake });
  const { election, hello, lan, failovers, lanElection, desk, peers } = leadership;
  const announcer = new Announcer({
    workers,
    groups: reportedGroups(),
    clock,
    log,
    election,
    friends: () => lan.macs(),
    onClaims: () => handle.trigger(),
  });
  let config = defaultNodeConfig(needs.hostName);
  const moves = new Moves({
    store: () => handle.store(),
    onChange: () => handle.trigger(),
    release: (timeoutMs) => election.releaseAll(timeoutMs),
    restore: () => election.clearAll(),
    failover: (address, to) => (hasGroups(config) ? desk.failover(address, to) : null),
  });
  const memory = new IdleMemory(clock, dropCodePages);
  const loop = new Reconciler({
    source,
    links,
    sink: announcer,
    state,
    delivery,
    traffic: readTraffic,
    clock,
    log,
    evaluate,
    sweep: () => Bun.gc(true),
    election,
    failovers,
    drained: () => moves.isDrained,
    lan,
    lanElection,
    hooks: new HookQueue(hookRunner(hookFault), log),
    nodeName,
    parse: (documents) => source.loadFromDocuments(documents),
    paths,
    strictConfig: needs.strictConfig,
    onConfig(next) {
      config = next;
      log.level = next.log.level;
      needs.onConfig(next);
    },
    onRound(evaluated) {
      desk.settle();
      if (evaluated) memory.noteWork();
      else memory.noteIdleRound();
    },
    onReady: needs.onReady,
  });
  handle.attach(loop);
  const backend = () => {
    const questions = new WireQuestion({ clock, open: (name) => openLink({ interface: name, filter: captureFilter }) });
    return new DaemonBackend({
      reconciler: loop,
      captures: () => announcer.report(),
      ask: (address, interfaces) => questions.ask(address, interfaces),
      announce: (ip) => announcer.announceAgain(ip),
      moves,
      journal: (limit) => state.journal(limit),
      traffic: (query) => workers.readTraffic(query),
      clock,
      groups: (node) => groupViews(node, { election, clock, peers }),
      peers,
      pid: process.pid,
      version: buildInfo.version,
      paths,
      given: needs.given,
    });
  };
  const lastActs = [() => election.releaseAll(releaseMs), () => announcer.close(), () => hello.apply(null)];
  return {
    log,
    loop,
    spawner,
    backend,
    lastActs,
    stop: { before: () => memory.stop(), after: () => hello.apply(null) },
  };
}

/** The manifests, which must not ask for an address that the box has by itself. */
function fileSource(needs: DaemonNeeds, links: KernelLinks, delivered: () => ReadonlySet<string>): FileSource {
  return new FileSource({
    paths: needs.paths,
    nodeName: needs.nodeName ?? needs.hostName,
    store: needs.state,
    clock,
    ownAddresses() {
      const all = links.interfaces().flatMap(({ addresses }) => addresses.map(({ address }) => address));
      return all.filter((address) => !delivered().has(address));
    },
    election: needs.election,
    alwaysInWorker: true,
    cache: needs.parseCache,
  });
}

function reportedGroups(): ReportedGroups {
  return new ReportedGroups({
    memberships: new MulticastGroups(),
    open: PacketSocket.open,
    clock,
    random: Math.random,
  });
}
