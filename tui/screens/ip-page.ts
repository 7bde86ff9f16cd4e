// The page of one address: who answers, who else, since when, for which services, and what happened.
import { addressClients, clientText } from '#control/address-clients.ts';
import type { LeaderItem } from '#control/list-items.ts';
import type { Responder } from '#control/protocol.ts';
import { agoText, timeText } from '../panes/cell-context.ts';
import { leaderCell } from '../panes/leader-panes.ts';
import type { AddressDetail } from '../state/model.ts';
import { cellText } from '../text/cell-text.ts';
import { type Line, lineWidth, span } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';
import { fact, type Part, partLines } from './facts.ts';
import { problemsPart } from './page-parts.ts';
import { foreign, grouped, textLine, type View } from './view.ts';

/** All lines of the page; the screen shows a part of them. */
export function ipPage(view: View, ip: string): readonly Line[] {
  // Beside a list nobody has been asked about it: only what is known is shown.
  const isAsked = view.model.ui.place.page !== null;
  const kept = view.model.ui.detail;
  const detail = isAsked && kept?.ip === ip ? kept : null;
  const rows = view.world.lists.leaders.filter((item) => item.ip === ip);
  const history = detail?.history ?? view.world.lists.history.filter((item) => item.ip === ip);
  return partLines(view, [
    { title: 'Who answers', lines: isAsked ? responderLines(view, detail, rows) : stateLines(view, rows) },
    ...problemsPart(view, `ip/${ip}`),
    { title: 'Service', lines: serviceLines(view, ip, rows) },
    ...answersPart(view, detail),
    ...(isAsked ? [{ title: 'Who asked lately', lines: askerLines(view, detail) }] : []),
    { title: 'History', lines: historyLines(view, history) },
  ]);
}

function stateLines(view: View, rows: readonly LeaderItem[]): readonly Line[] {
  return rows.flatMap((row): readonly Line[] => {
    const { text, style } = leaderCell(row, view.context);
    const where = row.interface === null ? '' : `  ${row.interface}`;
    const term = row.term === null ? '' : `  term ${row.term}`;
    const since = row.since === null ? '' : `  since ${timeText(row.since, view.context, 'ago')}`;
    const said: Line = [span('  '), foreign(view, text, style), foreign(view, `${where}${term}${since}`)];
    return row.message === '' ? [said] : [said, [span('    '), foreign(view, row.message, 'warn')]];
  });
}

function responderLines(view: View, detail: AddressDetail | null, rows: readonly LeaderItem[]): readonly Line[] {
  const { glyphs } = view;
  const states = stateLines(view, rows);
  if (detail === null || (detail.whoHas === null && detail.failure === null)) {
    return [...states, textLine(detail?.isProbing ? 'asking the LAN' : 'asking the daemon', 'dim')];
  }
  if (detail.whoHas === null) return [...states, [span('  '), foreign(view, detail.failure ?? '', 'crit')]];
  const { responders, probed } = detail.whoHas;
  const asked = probed ? 'The LAN was asked' : 'Not asked on the LAN yet (a asks)';
  return [
    ...(rows.length === 0 ? [textLine(`${glyphs.warning} not announced by this node`, 'warn')] : states),
    ...responders.flatMap((responder) => responderLine(view, responder)),
    textLine(
      detail.isProbing
        ? 'asking the LAN'
        : `${asked}: ${responders.length} ${responders.length === 1 ? 'responder' : 'responders'}`,
      'dim',
    ),
  ];
}

function responderLine(view: View, responder: Responder): readonly Line[] {
  const { glyphs, context } = view;
  const { kind, node, mac, lastSeen, rttSeconds, protocol } = responder;
  const isStranger = kind === 'stranger';
  const who = isStranger ? 'unknown host' : `${node ?? '-'}${kind === 'self' ? ' (this node)' : ''}`;
  const sign = isStranger ? glyphs.critical : kind === 'self' ? glyphs.here : glyphs.peer;
  const times = [
    `since ${timeText(responder.since, context, 'ago')}`,
    ...(lastSeen === null ? [] : [`last heard ${timeText(lastSeen, context, 'ago')}`]),
    ...(rttSeconds === null ? [] : [`answered in ${(rttSeconds * 1000).toFixed(1)} ms`]),
    ...(protocol === null ? [] : [protocol]),
    countText(responder, glyphs.times),
  ];
  const style = isStranger ? 'crit' : kind === 'self' ? 'here' : 'standby';
  const name: Line = [span('  '), span(sign, style), span(' '), foreign(view, who, style)];
  const place = foreign(view, `${mac}  ${responder.interface}`);
  // The MAC is what somebody came for: it gets a line of its own rather than being cut.
  const isNarrow = lineWidth([...name, place]) + 2 > view.body.columns;
  return [
    ...(isNarrow ? [name, [span('      '), place]] : [[...name, span('  '), place]]),
    ...wrapText(cellText(times.join('  '), glyphs.name), view.body.columns - 7).map(
      (text): Line => [span(`      ${text}`, 'dim')],
    ),
  ];
}

function countText({ kind, source, count }: Responder, times: string): string {
  if (kind === 'peer' && source === 'table') return 'as it says';
  return kind === 'stranger' ? `heard ${grouped(count)} ${times}` : `${grouped(count)} answers`;
}

function serviceLines(view: View, ip: string, rows: readonly LeaderItem[]): readonly Line[] {
  const held = view.world.lists.ips.find((item) => item.ip === ip);
  const services = [...new Set([...(held?.services ?? []), ...rows.flatMap((row) => row.services)])];
  const policies = [...new Set(rows.flatMap((row) => row.policies))];
  const origin = {
    auto: 'the lowest free one',
    requested: 'asked for by the service',
    shared: 'shared by key',
    restored: 'kept from before',
  };
  const how = held === undefined ? 'not given by a pool' : (origin[held.origin as keyof typeof origin] ?? held.origin);
  return [
    ...fact(view, 'services', services.join(', ')),
    ...fact(view, 'pool', held?.pool ?? ''),
    ...fact(view, 'policies', policies.join(', ')),
    ...fact(view, 'why this IP', how),
    ...(held?.sharingKey ? fact(view, 'sharing key', held.sharingKey) : []),
    ...(held ? fact(view, 'given', agoText(held.since, view.context)) : []),
  ];
}

function answersPart(view: View, detail: AddressDetail | null): readonly Part[] {
  const rows = detail?.announcements ?? [];
  if (rows.length === 0) return [];
  const lines = rows.map(({ interface: name, answers, since }): Line => {
    return [
      span('  '),
      foreign(view, `${name}  ${grouped(answers)} answers since ${timeText(since, view.context, 'ago')}`),
    ];
  });
  return [{ title: 'Answers', lines }];
}

const shownAskers = 8;

function askerLines(view: View, detail: AddressDetail | null): readonly Line[] {
  const { frames, whoHas, ip } = detail ?? { frames: [], whoHas: null, ip: '' };
  const askers = addressClients(frames, whoHas ?? { ip, leader: null, responders: [] });
  if (askers.length === 0) return [textLine('nobody, as far as the last frames tell', 'dim')];
  return askers.slice(0, shownAskers).map((client): Line => {
    const when = agoText(client.lastAsked, view.context);
    const times = `${grouped(client.count)} ${view.glyphs.times}`;
    return [
      span('  '),
      foreign(view, `${client.ip.padEnd(16)}  ${client.mac}  ${when.padEnd(8)} ${times.padEnd(5)} `),
      foreign(view, clientText(client), client.state === 'stale' ? 'warn' : undefined),
    ];
  });
}

const shownChanges = 8;

function historyLines(view: View, history: AddressDetail['history']): readonly Line[] {
  const changes = history.slice(-shownChanges).toReversed();
  if (changes.length === 0) return [textLine('no change kept', 'dim')];
  return changes.map(({ at, from, to, cause, gapSeconds, detectSeconds, claimSeconds }) => {
    const gap = gapSeconds === null ? '' : `  ${gapSeconds.toFixed(2)}s without an answer`;
    const spent = detectSeconds === null ? '' : `  detect ${detectSeconds.toFixed(2)}`;
    const claim = claimSeconds === null || spent === '' ? '' : `  claim ${claimSeconds.toFixed(2)}`;
    const text = `${timeText(at, view.context, 'utc').padEnd(13)}${from ?? 'nobody'} ${view.glyphs.arrow} ${to ?? 'nobody'}  ${cause}${gap}${spent}${claim}`;
    return [span('  '), foreign(view, text)];
  });
}
