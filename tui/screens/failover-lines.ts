// The last failover, how its time was spent, and how many there were within a day.
import type { HistoryItem } from '#control/list-items.ts';
import { timeText } from '../panes/cell-context.ts';
import { type Line, span } from '../text/line.ts';
import { foreign, grouped, textLine, type View } from './view.ts';

const dayMs = 86_400_000;

/** At most `height` lines. Whoever was first to answer, at a start, took it from nobody: that is no failover. */
export function failoverLines(view: View, height: number): readonly Line[] {
  const { world, context } = view;
  if (world.status === null) return [];
  const changes = world.lists.history.filter(({ from, to }) => from !== null && from !== to);
  const last = changes.at(-1);
  if (last === undefined) return [textLine('no failover yet', 'dim')];
  const since = new Date(context.nowMs - dayMs).toISOString();
  const lately = changes.filter(({ at }) => at >= since);
  const lines: readonly Line[] = [
    [span(' last  ', 'dim'), foreign(view, `${timeText(last.at, context, 'utc')}  ${last.ip}`)],
    [span('       '), ...changeSpans(view, last)],
    [span(' 24h   ', 'dim'), span(dayText(lately.filter(isFailover)), lately.some(isLong) ? 'warn' : undefined)],
    ...stageLines(last),
    ...handoverLines(lately.filter((change) => !isFailover(change))),
  ];
  return lines.slice(0, height);
}

/** Not asked for by anybody. */
function isFailover({ cause }: HistoryItem): boolean {
  return cause !== 'handover';
}

function handoverLines(changes: readonly HistoryItem[]): readonly Line[] {
  const { length } = changes;
  return length === 0 ? [] : [[span(`       ${grouped(length)} ${length === 1 ? 'handover' : 'handovers'}`, 'dim')]];
}

function changeSpans(view: View, change: HistoryItem): Line {
  const { from, to, gapSeconds } = change;
  const gap = isFailover(change) ? (gapSeconds === null ? '' : `  ${gapSeconds.toFixed(2)}s`) : '  handover';
  return [foreign(view, `${from ?? 'nobody'} ${view.glyphs.arrow} ${to ?? 'nobody'}${gap}`)];
}

/** Longer than this, people notice. */
const longGap = 5;

function isLong({ gapSeconds }: HistoryItem): boolean {
  return gapSeconds !== null && gapSeconds >= longGap;
}

function dayText(failovers: readonly HistoryItem[]): string {
  const count = `${grouped(failovers.length)} ${failovers.length === 1 ? 'failover' : 'failovers'}`;
  const gaps = failovers.flatMap(({ gapSeconds }) => (gapSeconds === null ? [] : [gapSeconds]));
  if (failovers.length === 0) return 'no failover';
  return gaps.length === 0 ? `${count}, gap not measured` : `${count}, worst ${Math.max(...gaps).toFixed(2)}s`;
}

function stageLines({ detectSeconds, claimSeconds, answerSeconds }: HistoryItem): readonly Line[] {
  if (detectSeconds === null) return [];
  const claim = claimSeconds === null ? '' : `  claim ${claimSeconds.toFixed(2)}`;
  const answer = answerSeconds === null ? 'nobody asked yet' : `first answer ${answerSeconds.toFixed(2)}`;
  return [`detect ${detectSeconds.toFixed(2)}${claim}`, answer].map((text) => [span(`       ${text}`, 'dim')]);
}
