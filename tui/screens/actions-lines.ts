// The actions menu: what each does, and the command that does the same from a shell.
import type { Model } from '../state/model.ts';
import { cellText } from '../text/cell-text.ts';
import { profiles } from '../text/glyphs.ts';
import { type Line, padLine, restyle, span } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';

const effectWidth = 44;
/** From here on a command has room beside what it does. */
const roomForCommands = 100;

export function actionsLines({ ui }: Model, width: number): readonly Line[] {
  const { items, selected } = ui.actions ?? { items: [], selected: 0 };
  const glyphs = profiles[ui.profile];
  if (items.length === 0) return [[span('  Nothing can be done about what is selected.', 'dim')]];
  const isRoomy = width >= roomForCommands;
  const rows = items.map(({ effect, command }, index): Line => {
    const marker = index === selected ? glyphs.selected : ' ';
    const line = padLine(
      [
        span(`${marker} `),
        ...padLine([span(cellText(effect, ui.profile))], isRoomy ? effectWidth : width - 2),
        ...(isRoomy ? [span(cellText(command, ui.profile), 'accent')] : []),
      ],
      width,
    );
    return index === selected ? restyle(line, 'selection') : line;
  });
  const command = cellText(items[selected]?.command ?? '', ui.profile);
  const below = isRoomy ? [] : wrapText(command, width - 4).map((text): Line => [span('  '), span(text, 'accent')]);
  const chosen = items[selected];
  const hint =
    ui.prompt?.kind === 'action' && chosen !== undefined
      ? `Type ${cellText(chosen.typed, ui.profile)} to do it; enter alone, or esc, does nothing.`
      : 'enter chooses; then its object has to be typed. Any other key closes.';
  return [...rows, [], ...below, ...wrapText(hint, width - 4).map((text): Line => [span('  '), span(text, 'dim')])];
}
