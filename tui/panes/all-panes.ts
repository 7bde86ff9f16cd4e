// Every pane by its name.
import { eventsPane, historyPane, problemsPane } from './journal-panes.ts';
import { leadersPane, vipsPane } from './leader-panes.ts';
import type { Pane, PaneId } from './pane.ts';
import { planPane } from './plan-pane.ts';
import { addressesPane, nodesPane, policiesPane, poolBriefPane, poolsPane } from './resource-panes.ts';
import { servicesPane } from './services-pane.ts';
import { streamPane } from './stream-pane.ts';

export const panes: Readonly<Record<PaneId, Pane>> = {
  problems: problemsPane,
  vips: vipsPane,
  pools: poolsPane,
  'pool-brief': poolBriefPane,
  addresses: addressesPane,
  services: servicesPane,
  nodes: nodesPane,
  leaders: leadersPane,
  history: historyPane,
  policies: policiesPane,
  plan: planPane,
  events: eventsPane,
  stream: streamPane,
};
