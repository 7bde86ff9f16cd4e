// What the daemon said last: everything the screens are drawn from.
import type { Items, Kind, StatusAnswer } from '#control/protocol.ts';
import { listKinds } from '#control/protocol.ts';
import type { PlanView } from './plan-view.ts';
import { noRates, type Rates } from './rates.ts';
import { noTraffic, type TrafficTail } from './traffic-tail.ts';

export type Lists = { readonly [K in Kind]: readonly Items[K][] };

export interface World {
  /** Null before the first answer. */
  readonly status: StatusAnswer | null;
  /** A list is a new array when anything in it changed, and the same otherwise. Journals are oldest first. */
  readonly lists: Lists;
  readonly rates: Rates;
  readonly traffic: TrafficTail;
  /** Null: nobody asked. */
  readonly plan: PlanView | null;
  /** Wall clock of the daemon when this was told, milliseconds since 1970. */
  readonly atMs: number;
}

export const emptyLists: Lists = Object.freeze(
  Object.fromEntries(Object.keys(listKinds).map((kind) => [kind, Object.freeze([])])),
) as unknown as Lists;

export const emptyWorld: World = {
  status: null,
  lists: emptyLists,
  rates: noRates,
  traffic: noTraffic,
  plan: null,
  atMs: 0,
};

/** How long the daemon runs by now: it does not send its status again only because time passes. */
export function uptimeSeconds({ uptimeSeconds: then, generatedAt }: StatusAnswer, nowMs: number): number {
  return then + Math.max(0, nowMs - Date.parse(generatedAt)) / 1000;
}
