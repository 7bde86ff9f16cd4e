// What is shown when the daemon cannot be reached: why, what follows, what to do.
import { durationText } from '#control/duration-text.ts';
import type { Loss } from '../state/connection.ts';
import { uptimeSeconds } from '../state/world.ts';
import { type Line, span, type Token } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';
import { fact } from './facts.ts';
import { foreign, listPanel, textLine, type View } from './view.ts';

const advice: Readonly<Record<Loss['cause'], readonly (readonly [string, string])[]>> = {
  absent: [
    ['systemctl start lanlord', ''],
    ['sudo lanlord demo', 'everything on a throw-away LAN'],
    ['lanlord ui --socket PATH', 'when it listens elsewhere'],
  ],
  refused: [
    ['systemctl status lanlord', ''],
    ['journalctl -u lanlord -n 50', ''],
    ['lanlord doctor', 'capabilities, interfaces, kernel settings'],
  ],
  denied: [
    ['sudo usermod -aG lanlord $USER', 'then log in again'],
    ['ls -l SOCKET', 'says which group may look'],
  ],
  timeout: [
    ['systemctl status lanlord', 'it is there and does not answer'],
    ['journalctl -u lanlord -n 50', ''],
  ],
  version: [
    ['lanlord version', 'this program'],
    ['systemctl status lanlord', 'use the lanlord that runs'],
  ],
  ended: [
    ['systemctl status lanlord', ''],
    ['journalctl -u lanlord -n 50', ''],
  ],
  other: [
    ['systemctl status lanlord', ''],
    ['lanlord doctor', ''],
  ],
};

const ownAdvice: readonly (readonly [string, string])[] = [['q', 'leaves; its log says why it ended']];

/** Nothing follows for the addresses when the daemon may well be alive. */
const harmless: ReadonlySet<Loss['cause']> = new Set(['denied', 'version']);

/** The page, and below it what was known last where there is room for it. */
export function lossPage(view: View): readonly Line[] {
  const lines = causeLines(view);
  const { connection } = view.model;
  const room = view.body.rows - lines.length - 1;
  const { leaders } = view.world.lists;
  if (room < leastKnown || leaders.length === 0 || connection.state !== 'lost') return lines;
  const age = durationText((view.nowMs - (connection.heardMs ?? view.world.atMs)) / 1000);
  const list = { pane: 'vips', title: 'Stale', subject: age, note: 'nothing here is live', hasHeader: true } as const;
  // Nothing is selected there: keys go to the page.
  const passive = { ...view, breakpoint: 'plain', focused: 'problems' } as const;
  return [...lines, [], ...listPanel(passive, list, view.body.columns, room)];
}

/** A title, a header and some rows. */
const leastKnown = 5;

function causeLines(view: View): readonly Line[] {
  const { model, world } = view;
  const { connection, ui } = model;
  if (connection.state !== 'lost') return [];
  const { loss, sinceMs, retryAtMs, heardMs } = connection;
  const { status } = world;
  const age = (ms: number) => durationText((view.nowMs - ms) / 1000);
  const wait = Math.max(0, Math.ceil((retryAtMs - view.nowMs) / 1000));
  const known =
    status === null
      ? ''
      : `${age(heardMs ?? world.atMs)} ago (${status.node}, pid ${status.pid}, up ${durationText(uptimeSeconds(status, heardMs ?? world.atMs))})`;
  const silent =
    'If it does not run, this node answers for NOTHING now. Its addresses live on only if a peer took them.';
  const keys =
    status === null
      ? 'r tries again now   d examines this machine   q quits'
      : 'r tries again now   d examines this machine   esc shows the last known state   q quits';
  const tries = ui.ownsDaemon ? ownAdvice : advice[loss.cause];
  if (view.breakpoint === 'small') {
    // What to do before all else: nothing here scrolls.
    return [
      ...sentence(view, `${loss.message}.`, 'crit'),
      ...tries.slice(0, 2).flatMap(([command]) => sentence(view, command, 'accent')),
      ...fact(view, '  since', `${age(sinceMs)}; next ${wait === 0 ? 'now' : `in ${wait}s`}`),
      ...sentence(view, keys, 'dim'),
    ];
  }
  return [
    [],
    ...sentence(view, `${loss.message}.`, 'crit'),
    [],
    ...fact(view, '  socket', ui.socket),
    ...fact(view, '  since', `${age(sinceMs)}; next try ${wait === 0 ? 'now' : `in ${wait}s`}`),
    ...(known === '' ? [] : fact(view, '  last seen', known)),
    ...logLines(view, loss.log),
    ...(harmless.has(loss.cause) ? [] : [[], ...sentence(view, silent, 'warn')]),
    [],
    textLine('Try', 'title'),
    ...tries.map(([command, why]) => textLine(`  ${command.padEnd(34)}${why}`.trimEnd())),
    [],
    ...sentence(view, keys, 'dim'),
  ];
}

/** How the unit stands, where systemd says it, then the end of the log. */
function logLines(view: View, log: readonly string[]): readonly Line[] {
  const [first = ''] = log;
  const hasUnit = first.startsWith('lanlord.service: ');
  const rest = hasUnit ? log.slice(1) : log;
  return [
    ...(hasUnit ? fact(view, '  systemd', first) : []),
    ...rest.flatMap((line, index) => fact(view, index === 0 ? '  log' : '', line)),
  ];
}

/** Over as many lines as it needs. */
function sentence(view: View, text: string, style: Token): readonly Line[] {
  return wrapText(foreign(view, text).text, view.body.columns - 4).map((part) => [span('  '), span(part, style)]);
}
