// Policies, what the selected one does, and what the files would change while they are not what runs.
import { panelFrame, panelLines } from '../layout/panel.ts';
import { planRowWords } from '../panes/plan-pane.ts';
import { type PlanView, planRows } from '../state/plan-view.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import { cellText } from '../text/cell-text.ts';
import { type Line, span } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';
import { detailPanel } from './detail-panel.ts';
import { planNote, planTitle, planWords } from './plan-words.ts';
import { counted, isCrowded, listPanel, panelStyle, rowsInPanel, type ScreenView, type View } from './view.ts';

interface Heights {
  readonly policies: number;
  /** Of what stands below the list. */
  readonly below: number;
}

/** Policies are few. */
function heights(view: View): Heights {
  const { body, world, breakpoint } = view;
  const isPlanned = world.plan !== null;
  if (isCrowded(view)) {
    return view.focused === 'plan' ? { policies: 0, below: body.rows } : { policies: body.rows, below: 0 };
  }
  const { policies } = world.lists;
  if (!isPlanned && (breakpoint === 'small' || policies.length === 0)) return { policies: body.rows, below: 0 };
  const most = Math.floor(body.rows / (isPlanned ? 3 : 2));
  const wanted = panelFrame[panelStyle(view)].height + 1 + Math.max(1, policies.length);
  const height = Math.min(most, wanted);
  return { policies: height, below: body.rows - height };
}

export const policiesScreen: ScreenView = {
  panes: ['policies', 'plan'],
  rowsShown(view, pane) {
    const { policies, below } = heights(view);
    if (pane === 'policies') return rowsInPanel(view, policies);
    const { plan } = view.world;
    return plan === null ? 0 : rowsInPanel(view, below - wordsHeight(view, plan, below));
  },
  draw(view) {
    const { columns } = view.body;
    const { policies, below } = heights(view);
    const title = counted(view, 'Policy', 'Policies', view.world.lists.policies.length);
    const empty = ['No CiliumL2AnnouncementPolicy: nothing is announced.'];
    const list = listPanel(view, { pane: 'policies', title, empty }, columns, policies);
    const { plan } = view.world;
    if (plan !== null && below > 0) return [...list, ...planPanel(view, plan, below)];
    return below === 0 ? list : [...list, ...detailPanel(view, 'policies', { columns, rows: below })];
  },
};

/** Lines for the selected row in full, its frame not counted; too low a screen has none. */
const wordLines = 3;

function wordsHeight(view: View, plan: PlanView, height: number): number {
  const frame = panelFrame[panelStyle(view)].height;
  const isWorth = planRows(plan).length > 0 && height >= 3 * (wordLines + frame);
  return isWorth ? wordLines + frame : 0;
}

function planPanel(view: View, plan: PlanView, height: number): readonly Line[] {
  const { columns } = view.body;
  const panel = {
    pane: 'plan',
    title: 'Plan',
    subject: planTitle(plan, view.world, view.glyphs),
    note: planNote(plan),
    empty: planWords(plan),
  } as const;
  const words = wordsHeight(view, plan, height);
  return [...listPanel(view, panel, columns, height - words), ...selectedPanel(view, plan, words)];
}

function selectedPanel(view: View, plan: PlanView, height: number): readonly Line[] {
  const { columns } = view.body;
  const rows = paneRows(view.model, 'plan', view.nowMs);
  const key = rows.keys.at(selectedIndex(view.model, 'plan', rows));
  const row = planRows(plan).find((one) => one.key === key);
  const texts = row === undefined ? [] : planRowWords(row, view.context);
  const width = columns - panelFrame[panelStyle(view)].width - 4;
  const lines = texts
    .flatMap((text) => wrapText(cellText(text, view.glyphs.name), width))
    .map((text): Line => [span('  '), span(text)]);
  const panel = { title: 'Selected', note: '', isFocused: false, lines };
  return panelLines(panel, panelStyle(view), columns, height, view.glyphs);
}
