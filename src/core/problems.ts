// What is wrong now, ranked, as `get problems` lists it.
import type { ConfigProblem, RunningProblem, Severity } from '#model/problem.ts';
import type { ProblemCode } from '#model/problem-codes.ts';
import { worstFirst } from '#model/problem-rank.ts';
import { explain } from '#model/reason.ts';
import { type Position, placeText } from '#model/resources.ts';
import type { Desired, PoolOutcome, ServiceOutcome, Snapshot } from '#model/snapshot.ts';
import type { Undelivered } from '#model/traffic.ts';
import { type ClaimFacts, carrierProblems, claimProblems, noClaims } from './claim-problems.ts';
import {
  drainProblems,
  electionProblems,
  foreignProblems,
  noteProblems,
  overflowProblems,
  trackProblems,
} from './config-problems.ts';
import { deliveryProblems } from './delivery-problems.ts';
import { neighborProblems } from './neighbor-problems.ts';
import { withPlaces } from './problem-places.ts';
import { type LinkState, unannouncedProblems, unheardProblems } from './unannounced-problems.ts';

export interface ProblemFacts {
  readonly snapshot: Snapshot | null;
  readonly links: readonly LinkState[];
  /** The configuration on disk was refused: why. Null while the one on disk is the one that runs. */
  readonly refused: { readonly problems: readonly ConfigProblem[]; readonly vanished: boolean } | null;
  /** What reading the running configuration found; left out: nothing. */
  readonly configProblems?: readonly ConfigProblem[];
  /** Where the settings of the node are said, by path. */
  readonly settingPlaces?: ReadonlyMap<string, Position>;
  readonly generation: number;
  /** The `-c` paths, for the command to type. */
  readonly paths: readonly string[];
  readonly stateFault: string | null;
  readonly stateDamage: string | null;
  readonly deliveryFaults: readonly string[];
  readonly undelivered?: readonly Undelivered[];
  /** Found between the boxes of the LANs. */
  readonly between?: readonly RunningProblem[];
  readonly claims?: ClaimFacts;
  /** A load or an evaluation that threw: what it said. */
  readonly bug: string | null;
}

const nowhere: ReadonlyMap<string, Position> = new Map();

export type DatedProblem = RunningProblem & { readonly sinceMs: number };

/** BOUNDED: so many of one code are listed one by one; 100,000 pending services need no 100,000 lines. */
const listedPerCode = 1000;

/** A pool with this share of its addresses in use is worth a warning while there is time to extend it. */
const fullPercent = 90n;

/** All running problems, worst first, each object and code once. Pure: dates are put on by `dateProblems`. */
export function runningProblems(facts: ProblemFacts): RunningProblem[] {
  const { snapshot, configProblems = [], settingPlaces = nowhere } = facts;
  const found: RunningProblem[] = [
    ...claimProblems(facts.claims ?? noClaims),
    ...staleProblems(facts),
    ...stateProblems(facts),
    ...linkProblems(facts.links),
    ...facts.deliveryFaults.map((text) => problem('DELIVERY', 'critical', 'delivery', text, 'lanlord doctor')),
  ];
  found.push(...deliveryProblems(facts.undelivered ?? []), ...(facts.between ?? []));
  if (facts.bug) {
    const message = `Internal error, the last good state goes on: ${facts.bug.split('\n', 1)[0]}`;
    found.push(problem('BUG', 'critical', 'daemon', message, 'please report it, with the log'));
  }
  if (snapshot) {
    found.push(...snapshot.desired.problems);
    found.push(
      ...snapshot.desired.pools.flatMap((pool) => poolProblems(pool, facts.paths)),
      ...policyProblems(snapshot.desired, facts.paths),
    );
    found.push(...snapshot.desired.services.flatMap(pendingProblems));
    found.push(...unannouncedProblems(snapshot), ...unheardProblems(snapshot.desired, facts.links));
    found.push(
      ...carrierProblems(snapshot),
      ...neighborProblems(snapshot),
      ...overflowProblems(snapshot),
      ...drainProblems(snapshot),
      ...trackProblems(snapshot),
      ...electionProblems(snapshot),
    );
    found.push(...noteProblems(snapshot.desired, found), ...foreignProblems(configProblems));
  }
  const listed = bounded(once(found));
  const placed = snapshot
    ? withPlaces(listed, { inputs: snapshot.observed.inputs, configProblems, settingPlaces })
    : listed;
  return [...placed].sort(worstFirst);
}

/** Puts on each problem since when it lasts: what was there before keeps its time. */
export function dateProblems(
  previous: readonly DatedProblem[],
  present: readonly RunningProblem[],
  nowMs: number,
): readonly DatedProblem[] {
  const since = new Map(previous.map((old) => [identity(old), old.sinceMs]));
  return present.map((found) => ({ ...found, sinceMs: since.get(identity(found)) ?? nowMs }));
}

function staleProblems({ refused, generation, paths }: ProblemFacts): RunningProblem[] {
  if (!refused) return [];
  const first = refused.problems.find((candidate) => candidate.severity === 'error') ?? refused.problems[0];
  const count = refused.problems.length;
  const place = first?.file ? `${placeText(first)}: ${first.severity}[${first.code}]: ` : '';
  const what = first ? `${place}${first.message}${count > 1 ? ` (and ${count - 1} more)` : ''}` : 'Nothing was read';
  const why = refused.vanished ? 'gone' : 'refused';
  return [
    problem(
      'STALE-CFG',
      'critical',
      'config',
      `${what}; the configuration on disk is ${why}, generation ${generation} goes on running`,
      first?.hint || checkCommand(paths),
    ),
  ];
}

function stateProblems({ stateFault, stateDamage }: ProblemFacts): RunningProblem[] {
  const found: RunningProblem[] = [];
  if (stateFault) {
    const message = `Addresses are kept in memory only and may change at the next start: ${stateFault}`;
    found.push(problem('STATE', 'critical', 'state', message, 'make the state directory writable and give it space'));
  }
  if (stateDamage) {
    found.push(
      problem('STATE', 'warning', 'state/damage', stateDamage, 'check the disk; `lanlord get ips` shows what is held'),
    );
  }
  return found;
}

function linkProblems(links: readonly LinkState[]): RunningProblem[] {
  return links.flatMap((link) => {
    const object = `interface/${link.interface}`;
    if (link.capture === 'open') return [];
    if (link.capture === 'denied') {
      const message = `Capture on "${link.interface}" is denied: ${link.detail}`;
      return [problem('CAP', 'critical', object, message, 'grant CAP_NET_RAW, see lanlord doctor')];
    }
    const message = `Interface "${link.interface}" is ${link.capture}: ${link.detail}`;
    return [problem('LINK', 'warning', object, message, `ip link show ${link.interface}`)];
  });
}

function poolProblems(pool: PoolOutcome, paths: readonly string[]): RunningProblem[] {
  const object = `pool/${pool.name}`;
  const found: RunningProblem[] = [];
  if (pool.conflict) {
    const message =
      conditionMessage(pool, 'cilium.io/PoolConflict') ?? 'it overlaps another pool and hands out nothing';
    found.push(problem('OVERLAP', 'warning', object, `Pool "${pool.name}": ${message}`, 'make the blocks disjoint'));
  }
  if (!pool.valid) {
    const message = conditionMessage(pool, 'lanlord.dev/PoolValid') ?? 'a block is invalid';
    found.push(
      problem('INVALID', 'warning', object, `Pool "${pool.name}" is invalid: ${message}`, checkCommand(paths)),
    );
  }
  if (!pool.disabled && pool.total > 0n && pool.used * 100n >= pool.total * fullPercent) {
    const message = `Pool "${pool.name}" has ${pool.available} of ${pool.total} addresses left`;
    found.push(problem('POOL', 'warning', object, message, 'add a block'));
  }
  return found;
}

function policyProblems({ policies }: Desired, paths: readonly string[]): RunningProblem[] {
  return policies.flatMap(({ name, conditions }) => {
    const bad = conditions.find((condition) => condition.status === 'True');
    if (!bad) return [];
    const message = `Policy "${name}" is invalid: ${bad.message}`;
    return [problem('INVALID', 'warning', `policy/${name}`, message, checkCommand(paths))];
  });
}

function pendingProblems(service: ServiceOutcome): RunningProblem[] {
  if (!service.handled || service.state === 'ready') return [];
  const own = service.reasons.find((reason) => reason.code === 'own_address');
  const [first] = service.reasons;
  const why = own ?? first;
  const message = `${service.key}: ${why ? explain(why) : (service.condition?.message ?? 'no address yet')}`;
  const code = own ? 'OWN' : 'PEND';
  return [problem(code, 'warning', `svc/${service.key}`, message, `lanlord explain svc/${service.key}`)];
}

function conditionMessage({ conditions }: PoolOutcome, type: string): string | undefined {
  return conditions.find((condition) => condition.type === type)?.message || undefined;
}

function once(problems: readonly RunningProblem[]): RunningProblem[] {
  const seen = new Map<string, RunningProblem>();
  for (const found of problems) if (!seen.has(identity(found))) seen.set(identity(found), found);
  return [...seen.values()];
}

function bounded(problems: readonly RunningProblem[]): RunningProblem[] {
  const listed: RunningProblem[] = [];
  for (const group of Map.groupBy(problems, (found) => found.code).values()) {
    listed.push(...group.slice(0, listedPerCode));
    const more = group.length - listedPerCode;
    const [first] = group;
    if (more > 0 && first) listed.push({ ...first, object: 'more', message: `${more} more of this kind`, hint: '' });
  }
  return listed;
}

function problem(code: ProblemCode, severity: Severity, object: string, message: string, hint: string): RunningProblem {
  return { code, severity, object, message, hint };
}

function identity({ code, object }: RunningProblem): string {
  return `${code} ${object}`;
}

function checkCommand(paths: readonly string[]): string {
  return ['lanlord check', ...paths].join(' ');
}
