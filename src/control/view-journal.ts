// Problems, events and the history of leadership as the API lists them.

import type { JournalEntry } from '#model/journal.ts';
import { worstFirst } from '#model/problem-rank.ts';
import type { DaemonView } from '#ports.ts';
import type { EventItem, GenerationItem, HistoryItem, ProblemItem } from './list-items.ts';
import { timestamp } from './protocol.ts';

/** Worst first, then oldest first. */
export function problemItems(view: DaemonView): readonly ProblemItem[] {
  return [...view.problems]
    .sort((a, b) => worstFirst(a, b) || a.sinceMs - b.sinceMs)
    .map(({ code, severity, object, objects, message, sinceMs, hint }) => ({
      code,
      severity,
      object,
      ...(objects ? { objects } : {}),
      message,
      since: timestamp(sinceMs),
      hint,
    }));
}

/** Oldest first, as kept. */
export function* eventItems(journal: readonly JournalEntry[]): Iterable<EventItem> {
  for (const { timeMs, kind, severity, object, message, fields } of journal) {
    yield { time: timestamp(timeMs), kind, severity, object, message, fields };
  }
}

/** Changes of who answers for an address: journal entries `leader.acquired` and `leader.lost`. */
export function* historyItems(node: string, journal: readonly JournalEntry[]): Iterable<HistoryItem> {
  for (const { kind, timeMs, fields } of journal) {
    const ip = fields['ip'];
    if (!kind.startsWith('leader.') || typeof ip !== 'string') continue;
    const lost = kind === 'leader.lost';
    yield {
      ip,
      from: text(fields['from']) ?? (lost ? node : null),
      to: text(fields['to']) ?? (lost ? null : node),
      at: timestamp(timeMs),
      // Without an election nobody else is there to take from or to give to.
      cause: text(fields['cause']) ?? (lost ? 'released' : 'start'),
      gapSeconds: number(fields['gapSeconds']),
      detectSeconds: number(fields['detectSeconds']),
      claimSeconds: number(fields['claimSeconds']),
      answerSeconds: number(fields['answerSeconds']),
    };
  }
}

const configEvents: Readonly<Record<string, GenerationItem['event']>> = {
  'daemon.started': 'started',
  'config.applied': 'applied',
  'config.refused': 'refused',
};

/** Changes of the configuration, oldest first. */
export function* generationItems(journal: readonly JournalEntry[]): Iterable<GenerationItem> {
  for (const { kind, timeMs, message, fields } of journal) {
    const event = configEvents[kind];
    if (!event) continue;
    yield {
      generation: number(fields['generation']) ?? 0,
      time: timestamp(timeMs),
      event,
      cause: text(fields['cause']) ?? '',
      by: text(fields['by']),
      uid: number(fields['uid']),
      paths: text(fields['paths']) ?? '',
      problems: number(fields['problems']) ?? 0,
      errors: number(fields['errors']) ?? 0,
      message,
    };
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
