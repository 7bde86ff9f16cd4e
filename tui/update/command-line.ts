// The shell command that prints what a place shows.
import type { PaneId } from '../panes/pane.ts';
import type { Model, UiState } from '../state/model.ts';
import type { Page } from '../state/place.ts';
import { usualSocket } from '../state/usual-socket.ts';
import type { World } from '../state/world.ts';

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
  plan: 'plan',
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
    case 'node':
      return 'get nodes -o wide';
    case 'problem':
      return 'get problems -o wide';
    case 'event':
      return 'events';
  }
}

export function commandLine({ ui, world }: Model, pane: PaneId): string {
  return `lanlord ${shown(ui, world, pane)}${ui.socket === usualSocket ? '' : ` --socket ${ui.socket}`}`;
}

function shown({ overlay, explain, place: { page } }: UiState, { plan }: World, pane: PaneId): string {
  if (overlay === 'doctor') return 'doctor';
  if (explain !== null) return `explain ${explain.object}`;
  if (page !== null) return ofPage(page);
  const paths = pane === 'plan' ? (plan?.paths ?? []) : [];
  return [ofPane[pane], ...paths.map((path) => `-c ${path}`)].join(' ');
}
