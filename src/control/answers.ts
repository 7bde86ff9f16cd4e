// The single answers of the API: status, who-has, reload.

import { isThere } from '#model/peers.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import type { DaemonView } from '#ports.ts';
import { countVips } from './leadership.ts';
import type { ProblemItem } from './list-items.ts';
import { apiVersion, type ReloadAnswer, type StatusAnswer, timestamp } from './protocol.ts';
import type { DiskState, PeerCounts } from './status-parts.ts';
import { problemItems } from './view-journal.ts';
import { interfaceItems } from './view-links.ts';

function head<K extends string>(kind: K, view: DaemonView) {
  return { apiVersion, kind, generatedAt: timestamp(view.nowMs), node: view.node } as const;
}

/** The state is about answers. What becomes of traffic behind them is worth a warning, and often hidden from us. */
function isDegrading({ code, severity }: ProblemItem): boolean {
  return severity === 'warning' && code !== 'NODELIVERY';
}

export function statusAnswer(view: DaemonView, adminSocket: string): StatusAnswer {
  const problems = problemItems(view);
  const critical = problems.some(({ severity }) => severity === 'critical');
  const degraded = !view.configValid || problems.some(isDegrading);
  const calm = degraded ? 'degraded' : 'ok';
  return {
    ...head('Status', view),
    state: critical ? 'critical' : calm,
    generation: view.generation,
    configValid: view.configValid,
    disk: diskState(view),
    vips: countVips(view),
    problems,
    peers: peerCounts(view),
    version: view.version,
    pid: view.pid,
    uptimeSeconds: Math.max(0, (view.nowMs - view.startedMs) / 1000),
    loadedAt: timestamp(view.loadedMs),
    paths: view.paths,
    adminSocket,
    interfaces: [...interfaceItems(view)],
    pools: (view.snapshot?.desired.pools ?? []).map(({ name, total, used }) => ({
      name,
      total: String(total),
      used: String(used),
    })),
  };
}

function diskState({ configValid, isDiskNewer }: DaemonView): DiskState {
  if (!configValid) return 'refused';
  return isDiskNewer ? 'changed' : 'same';
}

/** Names: of those that are heard. */
function peerCounts({ peers = [] }: DaemonView): PeerCounts {
  const heard = peers.filter(isThere);
  const absent = peers.filter((peer) => !isThere(peer)).map(({ node, state }) => ({ node, state }));
  return { known: peers.length, heard: heard.length, names: heard.map(({ node }) => node), absent };
}

export function reloadAnswer(view: DaemonView, outcome: ReloadOutcome): ReloadAnswer {
  const { added, changed, removed, moved, message, generation, ok } = outcome;
  return {
    ...head('Reload', view),
    generation,
    applied: ok,
    problems: outcome.problems.map((problem) => ({
      file: problem.file,
      line: problem.line,
      column: problem.column,
      severity: problem.severity,
      code: problem.code,
      message: problem.message,
      hint: problem.hint,
    })),
    added,
    changed,
    removed,
    moved,
    message,
  };
}
