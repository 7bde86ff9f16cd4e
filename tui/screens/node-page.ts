// The page of a box: how it stands, and what it answers for.
import { offsetText } from '#control/offset-text.ts';
import { leaderCell } from '../panes/leader-panes.ts';
import { type Line, span } from '../text/line.ts';
import { fact, partLines } from './facts.ts';
import { gone, problemsPart } from './page-parts.ts';
import { foreign, grouped, textLine, type View } from './view.ts';

const shownAddresses = 500;

export function nodePage(view: View, name: string): readonly Line[] {
  const { lists } = view.world;
  const node = lists.nodes.find((item) => item.name === name);
  if (node === undefined) return gone('node');
  const rows = lists.leaders.filter(({ leader }) => leader === name);
  const { state, self, address, lastSeenSeconds, generation, version, clockOffsetSeconds } = node;
  const shown = rows.slice(0, shownAddresses).map((row): Line => {
    const { text, style } = leaderCell(row, view.context);
    return [
      span('  '),
      foreign(view, row.ip.padEnd(24)),
      foreign(view, text, style),
      foreign(view, `  ${row.interface ?? '-'}  ${row.services.join(', ')}`),
    ];
  });
  return partLines(view, [
    ...problemsPart(view, `node/${name}`),
    {
      title: 'Node',
      lines: [
        ...fact(view, 'state', state, state === 'ready' ? 'ok' : state === 'lost' ? 'crit' : 'warn'),
        ...fact(view, 'address', address ?? ''),
        ...fact(view, 'last heard', self ? 'this node' : `${lastSeenSeconds} s ago`),
        ...(self ? [] : fact(view, 'clock', offsetText(clockOffsetSeconds))),
        ...fact(view, 'config', `generation ${generation}`),
        ...fact(view, 'version', version),
      ],
    },
    {
      title: `Answers for ${grouped(rows.length)}`,
      lines: shown.length > 0 ? shown : [textLine('nothing', 'dim')],
    },
  ]);
}
