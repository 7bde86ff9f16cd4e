// The whole frame: every line of the screen, exactly as wide and as high as the terminal.
import { breakpointOf, type Size, smallest } from '../layout/breakpoint.ts';
import { panelLines } from '../layout/panel.ts';
import type { Model } from '../state/model.ts';
import { cellContext, isLossShown, shownWorld } from '../state/selectors.ts';
import { profiles } from '../text/glyphs.ts';
import { type Line, padLine, span, spread } from '../text/line.ts';
import { actionsLines } from './actions-lines.ts';
import { screenViews } from './all-screens.ts';
import { doctorOverflow, doctorPanel } from './doctor-panel.ts';
import { explainHeight, explainOverflow, explainPanel } from './explain-panel.ts';
import { keysLine, messageLine } from './footer.ts';
import { headerLine, tabLine } from './header.ts';
import { helpLines } from './help-lines.ts';
import { lossPage } from './loss-page.ts';
import { pageLines, pageTitle } from './object-pages.ts';
import { foreign, panelStyle, type View } from './view.ts';

export interface Frame {
  readonly top: readonly Line[];
  readonly body: readonly Line[];
  readonly bottom: readonly Line[];
}

/** Lines above the body: small terminals have no tabs. */
export function topLines({ ui }: Model): number {
  return breakpointOf(ui.size) === 'small' ? 1 : 2;
}

const bottomLines = 2;

function exactly(lines: readonly Line[], { columns, rows }: Size): readonly Line[] {
  return Array.from({ length: Math.max(0, rows) }, (_, index) => padLine(lines[index] ?? [], columns));
}

/** @param nowMs what ages count to, and what the clock shows */
export function composeFrame(model: Model, nowMs: number): Frame {
  const { size } = model.ui;
  if (breakpointOf(size) === 'none') return tooSmall(size);
  const top = [headerLine(model, nowMs), tabLine(model)].slice(0, topLines(model));
  const bottom = [messageLine(model, nowMs), keysLine(model)];
  return { top, body: bodyLines(model, nowMs), bottom };
}

function tooSmall(size: Size): Frame {
  const text = `too small: ${size.columns}x${size.rows}, need ${smallest.columns}x${smallest.rows}`;
  return { top: [], body: exactly([[span(text.slice(0, Math.max(0, size.columns - 1)))]], size), bottom: [] };
}

/** What the screen itself is drawn from, with the room that an explanation leaves. */
export function viewOf(model: Model, nowMs: number): View {
  const { size, place, focus } = model.ui;
  const whole = wholeBody(model).rows;
  const panes = screenViews[place.screen].panes;
  const context = cellContext(model, nowMs);
  return {
    model,
    world: shownWorld(model),
    context,
    glyphs: profiles[model.ui.profile],
    nowMs,
    body: { columns: size.columns, rows: whole - explainHeight(model, whole) },
    breakpoint: breakpointOf(size),
    focused: focus[place.screen] ?? panes[0] ?? 'vips',
  };
}

/** All between the tabs and the bottom. */
function wholeBody(model: Model): Size {
  const { columns, rows } = model.ui.size;
  return { columns, rows: rows - topLines(model) - bottomLines };
}

function bodyLines(model: Model, nowMs: number): readonly Line[] {
  const view = viewOf(model, nowMs);
  const { ui } = model;
  const whole = wholeBody(model);
  // This machine can be examined without a daemon, too.
  if (ui.overlay === 'doctor') return exactly(doctorPanel(model, whole), whole);
  if (ui.overlay === 'help') return exactly(scrolled(helpTitle, helpLines(whole.columns), ui.pageTop, whole), whole);
  if (isLossShown(model)) return exactly(lossPage({ ...view, body: whole }), whole);
  if (ui.overlay === 'actions' || ui.prompt?.kind === 'action') {
    const lines = actionsLines(model, whole.columns - 2);
    const panel = { title: 'Actions', note: 'esc cancels', isFocused: true, lines };
    return exactly(panelLines(panel, panelStyle(view), whole.columns, whole.rows, view.glyphs), whole);
  }
  const main = exactly(mainLines(view), view.body);
  return exactly([...main, ...explainPanel(view, whole.rows - view.body.rows)], whole);
}

const helpTitle: Line = [span('  Keys', 'title'), span('   esc closes', 'dim')];

/** A title that stays, with which part of the lines is shown below it where that is not all of them. */
function scrolled(title: Line, lines: readonly Line[], top: number, { columns, rows }: Size): readonly Line[] {
  const room = Math.max(0, rows - 1);
  const place = `${top + 1}-${Math.min(top + room, lines.length)} of ${lines.length}`;
  const right = lines.length > room ? [span(`${place} `, 'dim')] : [];
  return [spread(title, right, columns), ...lines.slice(top)];
}

function mainLines(view: View): readonly Line[] {
  const { place, pageTop } = view.model.ui;
  if (view.body.rows <= 0) return [];
  if (place.page === null) return screenViews[place.screen].draw(view);
  const back = span(view.breakpoint === 'small' ? '' : '   esc back', 'dim');
  const title: Line = [span('  '), foreign(view, pageTitle(place.page), 'title'), back];
  return scrolled(title, pageLines(view, place.page), pageTop, view.body);
}

/** How many lines of a page, of the help or of the doctor there are beyond the first screenful. */
export function pageOverflow(model: Model, nowMs: number): number {
  const view = viewOf(model, nowMs);
  const { overlay, place } = model.ui;
  const whole = wholeBody(model);
  if (overlay === 'help') return Math.max(0, helpLines(whole.columns).length + 1 - whole.rows);
  if (overlay === 'doctor') return doctorOverflow(model, whole);
  return place.page === null ? 0 : Math.max(0, pageLines(view, place.page).length + 1 - view.body.rows);
}

/** How many lines of the explanation are hidden below what it shows at first. */
export function explanationOverflow(model: Model, nowMs: number): number {
  const view = viewOf(model, nowMs);
  const whole = model.ui.size.rows - topLines(model) - bottomLines;
  return explainOverflow(view, whole - view.body.rows);
}
