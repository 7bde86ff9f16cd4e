// The shell command that prints what a place shows.
import type { PaneId } from '../panes/pane.ts';
import type { Model } from '../state/model.ts';
import type { Page } from '../state/place.ts';

const ofPane: Readonly<Record<PaneId, string>> = {
  problems: 'get problems',
  vips: 'get leaders',
  pools: 'get pools',
  'pool-brief': 'get pools',
  addresses: 'get ips',
  services: 'get services',
  nodes: 'get nodes',
  leaders: 'get leaders',
  history: 'history',
  policies: 'get policies',
  events: 'events',
  stream: 'traffic',
};

function ofPage(page: Page): string {
  switch (page.kind) {
    case 'ip':
      return `who-has ${page.ip}`;
    case 'service':
      return `get services ${page.name} -o wide`;
    case 'pool':
      return `get pools ${page.name} -o wide`;
    case 'policy':
      return `get policies ${page.name} -o wide`;
    case 'event':
      return 'events';
  }
}

const usualSocket = '/run/lanlord/lanlord.sock';

export function commandLine({ ui }: Model, pane: PaneId): string {
  return `lanlord ${shown(ui, pane)}${ui.socket === usualSocket ? '' : ` --socket ${ui.socket}`}`;
}

function shown({ overlay, explain, place: { page } }: Model['ui'], pane: PaneId): string {
  if (overlay === 'doctor') return 'doctor';
  if (explain !== null) return `explain ${explain.object}`;
  return page === null ? ofPane[pane] : ofPage(page);
}
