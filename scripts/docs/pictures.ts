// Pictures of the terminal interface, made of golden frames: for light and for dark pages.
import { frameSvg, palettes } from '#tui/text/frame-svg.ts';
import { themes } from '#tui/text/theme.ts';
import { frameLines } from '../../test/support/ui-frames.ts';
import { uiState } from '../../test/support/ui-states.ts';

/** Path → what belongs there. */
export function pictures(): ReadonlyMap<string, string> {
  const overview = frameLines(uiState('duplicate', { size: { columns: 120, rows: 35 } }));
  const title = 'Overview of the terminal interface of lanlord: one address is answered by two hosts';
  return new Map([
    ['docs/overview-light.svg', frameSvg(title, overview, themes.light, palettes.light)],
    ['docs/overview-dark.svg', frameSvg(title, overview, themes.ansi, palettes.dark)],
  ]);
}
