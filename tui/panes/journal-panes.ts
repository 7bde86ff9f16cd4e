// Problems, events and changes of leadership.

import { severityWord } from '#control/columns.ts';
import type { EventItem, ProblemItem } from '#control/list-items.ts';
import type { Severity } from '#model/problem.ts';
import { worstFirst } from '#model/problem-rank.ts';
import type { Page } from '../state/place.ts';
import type { Glyphs } from '../text/glyphs.ts';
import type { Token } from '../text/line.ts';
import { timeText } from './cell-context.ts';
import { definePane, type PaneColumn } from './pane.ts';
import { listRow, sharedColumns } from './shared-column.ts';

const never = Number.POSITIVE_INFINITY;

export const severityToken: Readonly<Record<Severity, Token>> = { critical: 'crit', warning: 'warn', info: 'info' };

export function severitySign(severity: Severity, glyphs: Glyphs): string {
  return { critical: glyphs.critical, warning: glyphs.warning, info: glyphs.info }[severity];
}

/** `svc/ns/name`, `ip/192.0.2.1`, `pool/blue`, … as a page; null when it has none. */
export function pageOf(object: string): Page | null {
  const slash = object.indexOf('/');
  const name = object.slice(slash + 1);
  switch (object.slice(0, Math.max(0, slash))) {
    case 'ip':
    case 'vip':
      return { kind: 'ip', ip: name };
    case 'svc':
      return { kind: 'service', name };
    case 'pool':
      return { kind: 'pool', name };
    case 'policy':
      return { kind: 'policy', name };
    case 'node':
      return { kind: 'node', name };
    default:
      return null;
  }
}

const explainable = ['svc/', 'ip/', 'policy/'];

function explained(object: string): string | null {
  return explainable.some((kind) => object.startsWith(kind)) ? object : null;
}

function addressOf(object: string): string | null {
  return object.startsWith('ip/') ? object.slice('ip/'.length) : null;
}

export function problemKey({ code, object }: Pick<ProblemItem, 'code' | 'object'>): string {
  return `${code} ${object}`;
}

/** BOUNDED: by the lists that are alive. */
const ranked = new WeakMap<readonly ProblemItem[], readonly ProblemItem[]>();

/** A stream of changes brings a new one last, however bad it is. */
function byRank(problems: readonly ProblemItem[]): readonly ProblemItem[] {
  const known = ranked.get(problems);
  if (known) return known;
  const made = problems.toSorted(worstFirst);
  ranked.set(problems, made);
  return made;
}

export const problemsPane = definePane({
  id: 'problems',
  filterRow: listRow('problems'),
  rows: ({ lists }) => byRank(lists.problems),
  key: problemKey,
  columns: [
    {
      id: 'sign',
      header: '',
      cell: ({ severity }, { glyphs }) => ({
        text: severitySign(severity, glyphs),
        style: severityToken[severity],
      }),
      min: 1,
      max: 1,
      priority: never,
    },
    {
      id: 'severity',
      header: 'SEVERITY',
      cell: ({ severity }) => ({ text: severityWord[severity], style: severityToken[severity] }),
      min: 4,
      max: 4,
      priority: 4,
    },
    {
      id: 'code',
      header: 'CODE',
      cell: ({ code, severity }) => ({ text: code, style: severityToken[severity] }),
      min: 5,
      max: 10,
      priority: never,
    },
    {
      id: 'message',
      header: 'MESSAGE',
      cell: ({ message }) => ({ text: message }),
      // Before it is cut further, the word for its severity leaves: its sign says the same.
      min: 54,
      max: 300,
      priority: never,
      grows: true,
    },
    {
      id: 'since',
      header: 'SINCE',
      cell: ({ since }, context) => ({ text: timeText(since, context, 'ago') }),
      min: 6,
      least: 6,
      max: 11,
      priority: 5,
      right: true,
    },
  ],
  page: (problem) => pageOf(problem.object) ?? { kind: 'problem', key: problemKey(problem) },
  explains: ({ object }) => explained(object),
  address: ({ object }) => addressOf(object),
});

/** BOUNDED: by the lists that are alive. */
const reversed = new WeakMap<readonly unknown[], readonly unknown[]>();

/** The same list with the newest entry first; the same array for the same list. */
function newestFirst<T>(rows: readonly T[]): readonly T[] {
  const known = reversed.get(rows) as readonly T[] | undefined;
  if (known) return known;
  const made = rows.toReversed();
  reversed.set(rows, made);
  return made;
}

export function eventKey({ time, kind, object, message }: EventItem): string {
  return `${time} ${kind} ${object} ${message}`;
}

const eventColumns: readonly PaneColumn<EventItem>[] = [
  {
    id: 'time',
    header: 'TIME',
    cell: ({ time }, context) => ({ text: timeText(time, context, 'utc') }),
    min: 8,
    max: 11,
    priority: never,
  },
  {
    id: 'severity',
    header: 'SEV',
    cell: ({ severity }) => ({ text: severityWord[severity], style: severityToken[severity] }),
    min: 4,
    max: 4,
    priority: never,
    wide: false,
  },
  ...sharedColumns('events', {
    'TIME (UTC)': null,
    SEVERITY: null,
    // Cut behind the dot it would not say what happened.
    KIND: { priority: 6, min: 16, max: 20 },
    OBJECT: { priority: 3, min: 8, max: 40, wide: true },
    MESSAGE: { priority: never, min: 10, max: 300, grows: true },
    FIELDS: { min: 10, max: 100 },
  }),
];

export const eventsPane = definePane({
  id: 'events',
  filterRow: listRow('events'),
  rows: ({ lists }) => newestFirst(lists.events),
  key: eventKey,
  columns: eventColumns,
  page: (row) => ({ kind: 'event', key: eventKey(row) }),
  isNotable: ({ severity }) => severity !== 'info',
  explains: ({ object }) => explained(object),
  address: ({ object }) => addressOf(object),
});

export const historyPane = definePane({
  id: 'history',
  filterRow: listRow('history'),
  rows: ({ lists }) => newestFirst(lists.history),
  key: ({ ip, at, from, to }) => `${at} ${ip} ${from ?? ''} ${to ?? ''}`,
  columns: [
    {
      id: 'time',
      header: 'TIME',
      cell: ({ at }, context) => ({ text: timeText(at, context, 'utc') }),
      min: 8,
      max: 11,
      priority: never,
    },
    ...sharedColumns('history', {
      'TIME (UTC)': null,
      IP: { priority: never, min: 15, max: 39, shortening: 'middle' },
      FROM: { priority: 6, min: 5, max: 20 },
      TO: { priority: 6, min: 5, max: 20 },
      GAP: { priority: 5, min: 5 },
      CAUSE: { priority: 4, min: 10, max: 100, grows: true },
    }),
  ],
  page: ({ ip }) => ({ kind: 'ip', ip }),
  explains: ({ ip }) => `ip/${ip}`,
  address: ({ ip }) => ip,
});
