// Every screen by its name.
import type { Screen } from '../state/place.ts';
import { eventsScreen, leadersScreen, servicesScreen } from './list-screens.ts';
import { overview } from './overview.ts';
import { policiesScreen } from './policies-screen.ts';
import { poolsScreen } from './pools-screen.ts';
import { trafficScreen } from './traffic-screen.ts';
import type { ScreenView } from './view.ts';

export const screenViews: Readonly<Record<Screen, ScreenView>> = {
  overview,
  pools: poolsScreen,
  services: servicesScreen,
  leaders: leadersScreen,
  traffic: trafficScreen,
  policies: policiesScreen,
  events: eventsScreen,
};
