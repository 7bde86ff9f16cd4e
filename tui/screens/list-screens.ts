// Screens that are one or two lists: services, leaders and events.
import { type Line, padLine } from '../text/line.ts';
import { withSide } from './detail-panel.ts';
import { counted, isCrowded, isRoomy, listPanel, rowsInPanel, type ScreenView, type View } from './view.ts';

function bySeverity({ world }: View): string {
  const pending = world.lists.services.filter(({ state }) => state === 'pending').length;
  const partial = world.lists.services.filter(({ state }) => state === 'partial').length;
  return [...(pending > 0 ? [`pending ${pending}`] : []), ...(partial > 0 ? [`partial ${partial}`] : [])].join('  ');
}

export const servicesScreen: ScreenView = {
  panes: ['services'],
  rowsShown: (view) => rowsInPanel(view, view.body.rows),
  draw(view) {
    const title = counted(view, 'Service', 'Services', view.world.lists.services.length);
    const isFiltered = view.model.ui.filters.services !== undefined;
    const note = isFiltered ? {} : { note: bySeverity(view) };
    const empty = ['No service of type LoadBalancer. They come from the configuration (kind: Service).'];
    const { rows } = view.body;
    return withSide(view, 'services', rows, (width) =>
      listPanel(view, { pane: 'services', title, ...note, empty }, width, rows),
    );
  },
};

export const eventsScreen: ScreenView = {
  panes: ['events'],
  rowsShown: (view) => rowsInPanel(view, view.body.rows),
  draw(view) {
    const isFiltered = view.model.ui.filters.events !== undefined;
    const note = isFiltered ? {} : { note: 'newest first' };
    const { rows } = view.body;
    return withSide(view, 'events', rows, (width) =>
      listPanel(view, { pane: 'events', title: 'Events', ...note }, width, rows),
    );
  },
};

interface LeaderHeights {
  readonly nodes: number;
  readonly leaders: number;
  readonly history: number;
}

function leaderHeights(view: View): LeaderHeights {
  const { body, world } = view;
  if (isCrowded(view)) {
    const none = { nodes: 0, leaders: 0, history: 0 };
    const { focused } = view;
    return { ...none, [focused === 'nodes' || focused === 'history' ? focused : 'leaders']: body.rows };
  }
  if (view.breakpoint === 'small') return { nodes: 0, leaders: body.rows, history: 0 };
  const frame = isRoomy(view) ? 3 : 2;
  const nodes = frame + Math.max(1, Math.min(world.lists.nodes.length, 6));
  const history = frame + (isRoomy(view) ? 5 : 2);
  return { nodes, leaders: body.rows - nodes - history, history };
}

export const leadersScreen: ScreenView = {
  panes: ['leaders', 'nodes', 'history'],
  rowsShown(view, pane) {
    const { nodes, leaders, history } = leaderHeights(view);
    const height = { leaders, nodes, history }[pane as 'leaders' | 'nodes' | 'history'] ?? 0;
    return rowsInPanel(view, height);
  },
  draw(view) {
    const { columns } = view.body;
    const { nodes, leaders, history } = leaderHeights(view);
    const { lists } = view.world;
    const isFiltered = view.model.ui.filters.leaders !== undefined;
    const note = isFiltered || !isRoomy(view) ? {} : { note: 'one row per address: one address, one leader' };
    const title = counted(view, 'VIP', 'VIPs', lists.leaders.length);
    const nodeTitle = counted(view, 'Node', 'Nodes', lists.nodes.length);
    const parts: readonly (readonly Line[])[] = [
      nodes > 0 ? listPanel(view, { pane: 'nodes', title: nodeTitle, note: '' }, columns, nodes) : [],
      leaders > 0
        ? withSide(view, 'leaders', leaders, (width) =>
            listPanel(view, { pane: 'leaders', title, ...note, empty: ['No address to answer for.'] }, width, leaders),
          )
        : [],
      history > 0
        ? listPanel(
            view,
            { pane: 'history', title: 'Changes of leader', note: '', empty: ['none yet'] },
            columns,
            history,
          )
        : [],
    ];
    return parts.flat().map((line) => padLine(line, columns));
  },
};
