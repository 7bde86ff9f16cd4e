// What is shown when the daemon cannot be reached: why, what follows, what to do.
import { durationText } from '#control/duration-text.ts';
import type { Loss } from '../state/connection.ts';
import { type Line, span } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';
import { foreign, textLine, type View } from './view.ts';

const advice: Readonly<Record<Loss['cause'], readonly string[]>> = {
  absent: [
    'systemctl start lanlord',
    'sudo lanlord demo             shows everything on a throw-away LAN',
    'lanlord ui --socket PATH      when it listens elsewhere',
  ],
  refused: [
    'systemctl status lanlord',
    'journalctl -u lanlord -n 50',
    'lanlord doctor                checks capabilities, interfaces, kernel settings',
  ],
  denied: ['sudo usermod -aG lanlord $USER    and log in again', 'ls -l on the socket says which group may look'],
  timeout: ['systemctl status lanlord      it is there and does not answer', 'journalctl -u lanlord -n 50'],
  version: ['lanlord version               this program', 'systemctl status lanlord      use the lanlord that runs'],
  ended: ['systemctl status lanlord', 'journalctl -u lanlord -n 50'],
  other: ['systemctl status lanlord', 'lanlord doctor'],
};

/** All lines of the page. */
export function lossPage(view: View): readonly Line[] {
  const { model, world } = view;
  const { connection, ui } = model;
  if (connection.state !== 'lost') return [];
  const { loss, sinceMs, retryAtMs, heardMs } = connection;
  const message = wrapText(foreign(view, `${loss.message}.`).text, view.body.columns - 4);
  const wait = Math.max(0, Math.ceil((retryAtMs - view.nowMs) / 1000));
  const { status } = world;
  const known: readonly Line[] =
    status === null
      ? []
      : [
          [
            span('    last seen  '),
            foreign(
              view,
              `${durationText((view.nowMs - (heardMs ?? world.atMs)) / 1000)} ago (${status.node}, pid ${status.pid}, up ${durationText(status.uptimeSeconds)})`,
            ),
          ],
        ];
  const absence: readonly Line[] =
    loss.cause === 'denied' || loss.cause === 'version'
      ? []
      : [
          [],
          textLine(
            'If it does not run, this node answers for NOTHING now. Its addresses live on only if a peer took them.',
            'warn',
          ),
        ];
  return [
    [],
    ...message.map((text): Line => [span('  '), span(text, 'crit')]),
    [],
    [span('    socket     '), foreign(view, ui.socket)],
    [
      span('    since      '),
      span(`${durationText((view.nowMs - sinceMs) / 1000)}; next try ${wait === 0 ? 'now' : `in ${wait}s`}`),
    ],
    ...known,
    ...absence,
    [],
    textLine('Try', 'title'),
    ...advice[loss.cause].map((text) => textLine(`  ${text}`)),
    [],
    textLine(
      status === null
        ? 'r tries again now   q quits'
        : 'r tries again now   esc shows the last known state, which is not live   q quits',
      'dim',
    ),
  ];
}
