// Traffic: what goes over the wire.
import { panelLines } from '../layout/panel.ts';
import { rateCharts } from './overview-parts.ts';
import { panelStyle, type ScreenView } from './view.ts';

export const trafficScreen: ScreenView = {
  panes: [],
  rowsShown: () => 0,
  draw(view) {
    const panel = {
      title: 'ARP/NDP last 60 s',
      note: '',
      isFocused: false,
      lines: rateCharts(view, view.body.columns - 4),
    };
    return panelLines(panel, panelStyle(view), view.body.columns, view.body.rows, view.glyphs);
  },
};
