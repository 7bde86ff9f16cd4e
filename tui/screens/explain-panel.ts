// The explanation in the lower part of the screen: how high it is, which part of it is shown.
import { breakpointOf } from '../layout/breakpoint.ts';
import { panelFrame, panelLines } from '../layout/panel.ts';
import type { Model } from '../state/model.ts';
import { profiles } from '../text/glyphs.ts';
import type { Line } from '../text/line.ts';
import { shorten } from '../text/to-width.ts';
import { explainLines, explainSubject } from './explain-lines.ts';
import { panelStyle, type View } from './view.ts';

/** The least that the list above it keeps. */
const leastList = 5;
const leastExplain = 8;

function allLines({ ui }: Model): readonly Line[] {
  return ui.explain === null ? [] : explainLines(ui.explain, ui.size.columns - 2, profiles[ui.profile]);
}

/** Lines of the body that it takes: as many as it needs, up to two thirds; on small terminals everything. */
export function explainHeight(model: Model, whole: number): number {
  const { ui } = model;
  if (ui.explain === null) return 0;
  if (breakpointOf(ui.size) === 'small') return whole;
  const wanted = allLines(model).length + panelFrame.box.height;
  const most = Math.min(Math.floor((whole * 2) / 3), whole - leastList);
  return Math.max(leastExplain, Math.min(wanted, most));
}

/** How many of its lines there are beyond those shown at first. */
export function explainOverflow(view: View, height: number): number {
  const room = height - panelFrame[panelStyle(view)].height;
  return Math.max(0, allLines(view.model).length - room);
}

/** Exactly `height` lines, as wide as the screen. */
export function explainPanel(view: View, height: number): readonly Line[] {
  const { explain } = view.model.ui;
  if (explain === null) return [];
  const lines = allLines(view.model);
  const style = panelStyle(view);
  const room = height - panelFrame[style].height;
  const hidden = Math.max(0, lines.length - room);
  const top = Math.min(explain.top, hidden);
  const place = hidden > 0 ? `${top + 1}-${top + room} of ${lines.length}` : '';
  const note = hidden > 0 ? '^d ^u scroll  esc closes' : 'esc closes';
  const subject =
    view.breakpoint === 'small'
      ? shorten(explain.object, Math.max(8, view.body.columns - place.length - 15), view.glyphs.ellipsis)
      : explainSubject(explain);
  const panel = { title: 'Explain', subject, note, place, isFocused: true };
  return panelLines({ ...panel, lines: lines.slice(top) }, style, view.body.columns, height, view.glyphs);
}
