// Entry of `lanlord run`: everything that exists is made here, handed to each other, started and stopped.
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Announcer } from '#announce/announcer.ts';
import { deliveryPort } from '#announce/delivery-port.ts';
import { ReportedGroups } from '#announce/reported-groups.ts';
import { captureFilter } from '#capture/filter.ts';
import { KernelLinks } from '#capture/kernel-links.ts';
import { WorkerSpawner } from '#capture/spawn-worker.ts';
import { CaptureSupervisor } from '#capture/supervisor.ts';
import { WireQuestion } from '#capture/wire-question.ts';
import { type ControlServer, startControlServer } from '#control/server.ts';
import { evaluate } from '#core/evaluate.ts';
import { DaemonBackend } from '#daemon/backend.ts';
import { Failovers } from '#daemon/failovers.ts';
import { groupViews, peerNames } from '#daemon/group-views.ts';
import { HandoverDesk } from '#daemon/handover.ts';
import { HookQueue } from '#daemon/hook-queue.ts';
import { IdleMemory } from '#daemon/idle-memory.ts';
import { LanBoxes } from '#daemon/lan-boxes.ts';
import { Moves, releaseMs } from '#daemon/moves.ts';
import type { Ready } from '#daemon/ready.ts';
import { Reconciler } from '#daemon/reconciler.ts';
import { RoundElection } from '#daemon/round-election.ts';
import { HelloService } from '#election/hello-service.ts';
import { VrrpElection } from '#election/vrrp-election.ts';
import { hookRunner } from '#hooks/run-hook.ts';
import { createLog } from '#log.ts';
import { buildInfo } from '#model/build-info.ts';
import { noCause } from '#model/control-action.ts';
import { defaultNodeConfig, hasGroups, type NodeConfig } from '#model/node-config.ts';
import { doorbells } from '#native/doorbells.ts';
import { openLink } from '#native/link.ts';
import { boottimeMs } from '#native/linux/clock.ts';
import { LocalDelivery } from '#native/linux/delivery-local.ts';
import { HelloSocket } from '#native/linux/hello-socket.ts';
import { openLinkMonitor } from '#native/linux/link-monitor.ts';
import { dropCodePages } from '#native/linux/memory-trim.ts';
import { MulticastGroups } from '#native/linux/multicast-groups.ts';
import { PacketSocket } from '#native/linux/packet-socket.ts';
import { peerCredential } from '#native/linux/peer-credential.ts';
import { sdNotify, watchdogTimeoutMs } from '#native/linux/sd-notify.ts';
import { systemClock as clock } from '#native/linux/system-clock.ts';
import { readTraffic } from '#native/linux/traffic.ts';
import { FileSource } from '#sources/file/file-source.ts';
import { hookFault } from '#sources/file/hook-fault.ts';
import { problemTexts } from '#sources/file/problem-texts.ts';
import { renderProblems } from '#sources/file/render-problem.ts';
import { openSqliteStore } from '#state/open-sqlite-store.ts';
import { controlSettings } from './control-settings.ts';
import type { CrashGuard } from './crash-guard.ts';
import { deniedText } from './denied-text.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { parseCache } from './parse-cache.ts';
import { refused } from './refused.ts';
import { defaultConfigPath, type RunOptions } from './run-options.ts';
import { deliveryDirectories, removeRuntimeDirectory } from './runtime-directory.ts';
import { socketObstacle } from './socket-obstacle.ts';
import { stopSignal } from './stop-signal.ts';
import { SystemdNotice } from './systemd-notice.ts';

/** @returns 0 after a clean stop, 1 no usable configuration, 4 nothing may be captured, 5 another instance, 70 no netlink. */
export async function run(options: RunOptions, output: Output, guard: CrashGuard): Promise<number> {
  const spawner = new WorkerSpawner();
  const nodeName = options.node ?? hostname();
  const log = createLog({ format: options.logFormat, level: 'info', clock });
  const paths = (options.paths.length > 0 ? options.paths : [defaultConfigPath]).map((path) => resolve(path));

  const obstacle = await socketObstacle(options, output);
  if (obstacle !== null) return obstacle;
  const opened = openSqliteStore(options.state);
  if (opened.kind === 'in-use') return refused(output, `state directory "${options.state}"`, opened.pid);
  const state = opened.store;

  const monitor = openLinkMonitor();
  if (!monitor.ok) {
    output.note(`lanlord: Cannot watch the interfaces: ${monitor.error.message}`);
    return exitCode.internal;
  }
  const links = new KernelLinks(monitor.value, clock, log);
  const delivery = deliveryPort(new LocalDelivery(deliveryDirectories(options.state)));
  const ownAddresses = () => {
    const all = links.interfaces().flatMap(({ addresses }) => addresses.map(({ address }) => address));
    return all.filter((address) => !delivery.delivered().has(address));
  };
  const source = new FileSource({
    paths,
    nodeName,
    store: state,
    clock,
    ownAddresses,
    election: options.election,
    alwaysInWorker: true,
    cache: parseCache(options.state),
  });
  let reconciler: Reconciler | null = null;
  let control: ControlServer | null = null;
  const workers = new CaptureSupervisor({
    clock,
    log,
    doorbells,
    spawn: spawner.spawn,
    onChange: () => reconciler?.refresh(),
    onElection(name, news) {
      failovers.hear(name, news);
      election.hear(name, news);
    },
  });
  const election = new VrrpElection(
    (name) => workers.wake(name),
    () => reconciler?.trigger(),
  );
  const hello = new HelloService({ clock, log, open: HelloSocket.open, onChange: () => reconciler?.trigger() });
  const lan = new LanBoxes({ peers: hello, clock, links, evaluate, nodeName: options.node });
  const peers = () => lan.peers();
  const failovers = new Failovers({ clock, log, nameOf: (address) => peerNames(peers()).get(address) ?? null });
  const lanElection = new RoundElection({ election, boxes: peers });
  const desk = new HandoverDesk({
    election,
    handovers: hello,
    peers,
    store: () => reconciler?.store ?? null,
    ranked: (what) => lanElection.ranked(what),
    log,
    nowMs: clock.monotonicMs,
  });
  const announcer = new Announcer({
    workers,
    groups: new ReportedGroups({
      memberships: new MulticastGroups(),
      open: PacketSocket.open,
      clock,
      random: Math.random,
    }),
    clock,
    log,
    election,
    friends: () => lan.macs(),
    onClaims: () => reconciler?.trigger(),
  });

  // Others answer at once, whatever went wrong here.
  guard.lastActs = [() => election.releaseAll(releaseMs), () => announcer.close(), () => hello.apply(null)];
  const moves = new Moves({
    store: () => reconciler?.store ?? null,
    onChange: () => reconciler?.trigger(),
    release: (timeoutMs) => election.releaseAll(timeoutMs),
    restore: () => election.clearAll(),
    failover: (address, to) => (hasGroups(config) ? desk.failover(address, to) : null),
  });
  const memory = new IdleMemory(clock, dropCodePages);
  let config: NodeConfig = defaultNodeConfig(nodeName);
  let ready: Ready | null = null as Ready | null;
  const daemon = new Reconciler({
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
    nodeName: options.node,
    parse: (documents) => source.loadFromDocuments(documents),
    paths,
    strictConfig: options.strictConfig,
    onConfig(next) {
      config = next;
      log.level = next.log.level;
      void control?.serveMetrics(next.metrics.listen);
    },
    onRound(evaluated) {
      desk.settle();
      if (evaluated) memory.noteWork();
      else memory.noteIdleRound();
    },
    onReady(report) {
      ready = report;
    },
  });
  reconciler = daemon;
  // Whoever sends SIGHUP during the start means a reload, too.
  let isHungUp = false;
  let hangUp = () => {
    isHungUp = true;
  };
  process.on('SIGHUP', () => hangUp());
  const stopped = stopSignal();
  const started = await daemon.start();
  if (!started.ok) {
    output.note(renderProblems(started.problems, problemTexts(started.problems)));
    await daemon.stop();
    return exitCode.found;
  }
  if (ready && ready.denied.length > 0 && ready.open.length + ready.others.length === 0) {
    output.note(deniedText(ready));
    await daemon.stop();
    return exitCode.denied;
  }
  const questions = new WireQuestion({ clock, open: (name) => openLink({ interface: name, filter: captureFilter }) });
  const backend = new DaemonBackend({
    reconciler: daemon,
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
  });
  const server = await startControlServer(backend, controlSettings(options, config.control), log, peerCredential);
  if (!server.ok) {
    await daemon.stop();
    if (server.code === 'in_use') return refused(output, `socket "${server.socket}"`, server.pid);
    output.note(`lanlord: Cannot listen on "${server.socket}": ${server.message}`);
    return exitCode.denied;
  }
  control = server.server;
  await control.serveMetrics(config.metrics.listen);
  spawner.dismiss();
  const systemd = new SystemdNotice(sdNotify, output);
  if (ready) systemd.ready(ready);
  systemd.keepAlive(watchdogTimeoutMs());
  hangUp = () => void systemd.reload(boottimeMs(), () => daemon.reload(noCause('SIGHUP')));
  if (isHungUp) hangUp();

  await stopped;
  memory.stop();
  systemd.stopping();
  await daemon.stop();
  hello.apply(null);
  removeRuntimeDirectory();
  await control.close();
  return exitCode.clean;
}
