// Entry of `lanlord run`: takes its place on the box, starts the daemon, serves until it is told to stop, and cleans up.
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { WorkerSpawner } from '#capture/spawn-worker.ts';
import { composeDaemon, type DaemonParts } from '#compose/compose-daemon.ts';
import { type ControlServer, startControlServer } from '#control/server.ts';
import type { Ready } from '#daemon/ready.ts';
import { createLog } from '#log.ts';
import { noCause } from '#model/control-action.ts';
import { defaultNodeConfig, type NodeConfig } from '#model/node-config.ts';
import { boottimeMs } from '#native/linux/clock.ts';
import { openLinkMonitor } from '#native/linux/link-monitor.ts';
import { peerCredential } from '#native/linux/peer-credential.ts';
import { sdNotify, watchdogTimeoutMs } from '#native/linux/sd-notify.ts';
import { systemClock as clock } from '#native/linux/system-clock.ts';
import { problemTexts } from '#sources/file/problem-texts.ts';
import { renderProblems } from '#sources/file/render-problem.ts';
import { openSqliteStore } from '#state/open-sqlite-store.ts';
import { controlSettings } from './control-settings.ts';
import type { CrashGuard } from './crash-guard.ts';
import { deniedText } from './denied-text.ts';
import { electionNotice } from './election-notice.ts';
import { exitCode } from './exit-code.ts';
import { givenSettings } from './given-settings.ts';
import type { Output } from './output.ts';
import { parseCache } from './parse-cache.ts';
import { refused } from './refused.ts';
import { defaultConfigPath, type RunOptions } from './run-options.ts';
import { deliveryDirectories, removeRuntimeDirectory } from './runtime-directory.ts';
import { socketObstacle } from './socket-obstacle.ts';
import { stopSignal } from './stop-signal.ts';
import { SystemdNotice } from './systemd-notice.ts';

/** What the daemon reports while it runs. */
interface Progress {
  /** The settings that run. */
  config: NodeConfig;
  /** Null before the first evaluation is applied. */
  ready: Ready | null;
  /** Null before clients are served. */
  control: ControlServer | null;
}

/** @returns 0 after a clean stop, 1 no usable configuration, 4 nothing may be captured, 5 another instance, 70 no netlink. */
export async function run(options: RunOptions, output: Output, guard: CrashGuard): Promise<number> {
  const progress: Progress = {
    config: defaultNodeConfig(options.node ?? hostname()),
    ready: null,
    control: null,
  };
  const parts = await takePlace(options, progress, output);
  if (typeof parts === 'number') return parts;
  guard.lastActs = parts.lastActs;
  const hangUp = hangUps();
  const stopped = stopSignal();
  const fault = (await start(parts, progress, output)) ?? (await serve(parts, options, progress, output));
  if (fault !== null) return fault;
  const systemd = tellSystemd(parts, progress, output, hangUp);

  await stopped;
  parts.stop.before();
  systemd.stopping();
  await parts.loop.stop();
  parts.stop.after();
  removeRuntimeDirectory();
  await progress.control?.close();
  return exitCode.clean;
}

/** What must be ours alone, and the parts made with it. @returns the exit code when this box has no place for us. */
async function takePlace(options: RunOptions, progress: Progress, output: Output): Promise<DaemonParts | number> {
  // First of all: it loads its code while the rest begins.
  const spawner = new WorkerSpawner();
  const log = createLog({ format: options.logFormat, level: 'info', clock });
  const paths = (options.paths.length > 0 ? options.paths : [defaultConfigPath]).map((path) => resolve(path));
  const obstacle = await socketObstacle(options, output);
  if (obstacle !== null) return obstacle;
  const opened = openSqliteStore(options.state);
  if (opened.kind === 'in-use') return refused(output, `state directory "${options.state}"`, opened.pid);
  const monitor = openLinkMonitor();
  if (!monitor.ok) {
    output.note(`lanlord: Cannot watch the interfaces: ${monitor.error.message}`);
    return exitCode.internal;
  }
  const notice = electionNotice(options, output);
  return composeDaemon({
    spawner,
    paths,
    nodeName: options.node,
    hostName: hostname(),
    election: options.election,
    strictConfig: options.strictConfig,
    given: givenSettings(options),
    log,
    state: opened.store,
    monitor: monitor.value,
    parseCache: parseCache(options.state),
    deliveryDirectories: deliveryDirectories(options.state),
    onConfig(next) {
      notice(next);
      progress.config = next;
      void progress.control?.serveMetrics(next.metrics.listen);
    },
    onReady(report) {
      progress.ready = report;
    },
  });
}

/** The first evaluation. @returns the exit code when there is nothing to run with; null: it runs. */
async function start({ loop }: DaemonParts, progress: Progress, output: Output): Promise<number | null> {
  const started = await loop.start();
  if (!started.ok) {
    output.note(renderProblems(started.problems, problemTexts(started.problems)));
    await loop.stop();
    return exitCode.found;
  }
  const { ready } = progress;
  if (ready && ready.denied.length > 0 && ready.open.length + ready.others.length === 0) {
    output.note(deniedText(ready));
    await loop.stop();
    return exitCode.denied;
  }
  return null;
}

/** The control sockets and the metrics. @returns the exit code when nobody could ask; null: they can. */
async function serve(
  { log, loop, backend, spawner }: DaemonParts,
  options: RunOptions,
  progress: Progress,
  output: Output,
): Promise<number | null> {
  const settings = controlSettings(options, progress.config.control);
  const server = await startControlServer(backend(), settings, log, peerCredential);
  if (!server.ok) {
    await loop.stop();
    if (server.code === 'in_use') return refused(output, `socket "${server.socket}"`, server.pid);
    output.note(`lanlord: Cannot listen on "${server.socket}": ${server.message}`);
    return exitCode.denied;
  }
  progress.control = server.server;
  await progress.control.serveMetrics(progress.config.metrics.listen);
  spawner.dismiss();
  return null;
}

/** SIGHUP means a reload, also while the daemon starts: then it follows as soon as somebody listens. */
function hangUps(): (listener: () => void) => void {
  let isPending = false;
  let heard = () => {
    isPending = true;
  };
  process.on('SIGHUP', () => heard());
  return (listener) => {
    heard = listener;
    if (isPending) listener();
  };
}

/** READY, reloads and the watchdog; from here on SIGHUP reloads. */
function tellSystemd(
  { loop }: DaemonParts,
  { ready }: Progress,
  output: Output,
  onHangUp: (listener: () => void) => void,
): SystemdNotice {
  const systemd = new SystemdNotice(sdNotify, output);
  if (ready) systemd.ready(ready);
  systemd.keepAlive(watchdogTimeoutMs());
  onHangUp(() => void systemd.reload(boottimeMs(), () => loop.reload(noCause('SIGHUP'))));
  return systemd;
}
