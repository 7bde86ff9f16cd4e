// The whole frame: every line of the screen, exactly as wide and as high as the terminal.
import { breakpointOf, type Size, smallest } from '../layout/breakpoint.ts';
import { panelLines } from '../layout/panel.ts';
import type { Model } from '../state/model.ts';
import { cellContext, shownWorld } from '../state/selectors.ts';
import { profiles } from '../text/glyphs.ts';
import { type Line, padLine, span } from '../text/line.ts';
import { actionsLines } from './actions-lines.ts';
import { screenViews } from './all-screens.ts';
import { doctorOverflow, doctorPanel } from './doctor-panel.ts';
import { explainLines, explainSubject } from './explain-lines.ts';
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

/** An explanation takes the lower part, on small terminals everything. */
function explainHeight({ ui }: Model, whole: number): number {
  if (ui.explain === null) return 0;
  return breakpointOf(ui.size) === 'small' ? whole : Math.max(8, Math.floor(whole * 0.5));
}

/** All between the tabs and the bottom. */
function wholeBody(model: Model): Size {
  const { columns, rows } = model.ui.size;
  return { columns, rows: rows - topLines(model) - bottomLines };
}

function bodyLines(model: Model, nowMs: number): readonly Line[] {
  const view = viewOf(model, nowMs);
  const { ui, connection } = model;
  const whole = wholeBody(model);
  // This machine can be examined without a daemon, too.
  if (ui.overlay === 'doctor') return exactly(doctorPanel(model, whole), whole);
  if (ui.overlay === 'help') return exactly(helpLines(whole.columns).slice(ui.pageTop), whole);
  if (connection.state === 'lost' && (!ui.lossDismissed || model.world.status === null)) {
    return exactly(lossPage({ ...view, body: whole }), whole);
  }
  if (ui.overlay === 'actions') {
    const lines = actionsLines(model, whole.columns - 2);
    const panel = { title: 'Actions', note: 'esc closes', isFocused: true, lines };
    return exactly(panelLines(panel, panelStyle(view), whole.columns, whole.rows, view.glyphs), whole);
  }
  const main = exactly(mainLines(view), view.body);
  return exactly([...main, ...explanation(view, whole.rows - view.body.rows)], whole);
}

function mainLines(view: View): readonly Line[] {
  const { place, pageTop } = view.model.ui;
  if (view.body.rows <= 0) return [];
  if (place.page === null) return screenViews[place.screen].draw(view);
  const title: Line = [span('  '), foreign(view, pageTitle(place.page), 'title'), span('   esc back', 'dim')];
  return [title, ...pageLines(view, place.page).slice(pageTop)];
}

function explanation(view: View, height: number): readonly Line[] {
  const { explain } = view.model.ui;
  if (explain === null) return [];
  const { columns } = view.body;
  const lines = explainLines(explain, columns - 2, view.glyphs);
  const panel = { title: 'Explain', subject: explainSubject(explain), note: 'esc closes', isFocused: true, lines };
  return panelLines(panel, panelStyle(view), columns, height, view.glyphs);
}

/** How many lines of a page, of the help or of the doctor there are beyond the first screenful. */
export function pageOverflow(model: Model, nowMs: number): number {
  const view = viewOf(model, nowMs);
  const { overlay, place } = model.ui;
  const whole = wholeBody(model);
  if (overlay === 'help') return Math.max(0, helpLines(whole.columns).length - whole.rows);
  if (overlay === 'doctor') return doctorOverflow(model, whole);
  return place.page === null ? 0 : Math.max(0, pageLines(view, place.page).length + 1 - view.body.rows);
}
