// Policies, what the selected one does, and what the files would change while they are not what runs.
import { panelFrame } from '../layout/panel.ts';
import type { PlanView } from '../state/plan-view.ts';
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
    return view.world.plan === null ? 0 : rowsInPanel(view, below);
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

function planPanel(view: View, plan: PlanView, height: number) {
  const panel = {
    pane: 'plan',
    title: 'Plan',
    subject: planTitle(plan, view.world, view.glyphs),
    note: planNote(plan),
    empty: planWords(plan),
  } as const;
  return listPanel(view, panel, view.body.columns, height);
}
