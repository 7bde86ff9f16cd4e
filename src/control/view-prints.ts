// Short texts that differ when parts of a view differ: whoever tells changes looks at these before it looks at 10,000 rows.
import type { DaemonView } from '#ports.ts';

export interface ViewPrints {
  /** Which rows there are and which of them are answered. */
  readonly rows: string;
  /** Counters of interfaces; whenever a row's changes, so does its interface's. */
  readonly counters: string;
  /** Who leads which group, and which other routers do what differently in it. */
  readonly groups: string;
  /** Other hosts that claim addresses. */
  readonly claims: string;
}

const known = new WeakMap<DaemonView, ViewPrints>();

export function viewPrints(view: DaemonView): ViewPrints {
  const found = known.get(view);
  if (found) return found;
  const made: ViewPrints = {
    rows: view.captures.map(rowsPrint).join(),
    counters: view.captures.map(countersPrint).join(),
    groups: (view.groups ?? [])
      .map(({ interface: name, group, phase, leader, term, sinceMs, differences = [] }) => {
        const others = differences.map(({ what, sender, heard, own }) => `${what} ${sender} ${heard} ${own}`);
        return [name, group, phase, leader?.name, leader?.address, term, sinceMs, ...others].join(' ');
      })
      .join(),
    claims: (view.claims?.duplicates ?? [])
      .map(({ address, mac, interface: name }) => `${address.family} ${address.value} ${mac} ${name}`)
      .join(),
  };
  known.set(view, made);
  return made;
}

type Capture = DaemonView['captures'][number];

/** Generations only rise: as many rows as before with the same sum are the same rows. */
function rowsPrint({ interface: name, capture, detail, mac, rows, unfit }: Capture): string {
  let generations = 0;
  let claiming = 0;
  for (const { generation, isClaiming } of rows) {
    generations += generation;
    if (isClaiming) claiming++;
  }
  return [name, capture, detail, mac, rows.length, generations, claiming, [...(unfit ?? [])].join(' ')].join('|');
}

function countersPrint({ interface: name, requests, answers, announced, kernelDrops, drops }: Capture): string {
  return [name, requests, answers, announced, kernelDrops, ...Object.values(drops)].join('|');
}
