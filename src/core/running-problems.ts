// Problems that follow from the decisions: pending services, broken or closed pools, broken policies, own addresses.
import type { RunningProblem } from '#model/problem.ts';
import { explain } from '#model/reason.ts';
import { quote } from '#model/safe-text.ts';
import type { PoolOutcome, ServiceOutcome, Unannounced } from '#model/snapshot.ts';
import type { PolicyState } from './policy-state.ts';
import type { PoolBook } from './pool-book.ts';
import { conflictMessage } from './pool-conflict.ts';

/** BOUNDED: `mostPending` for services; what is beyond is counted in one more. */
export function findProblems(
  services: readonly ServiceOutcome[],
  book: PoolBook,
  pools: readonly PoolOutcome[],
  policies: readonly PolicyState[],
  unannounced: readonly Unannounced[],
): readonly RunningProblem[] {
  return [
    ...poolProblems(book, pools),
    ...policies.flatMap(policyProblems),
    ...pendingProblems(services),
    ...ownAddressProblems(unannounced),
  ];
}

const mostPending = 1000;

function pendingProblems(services: readonly ServiceOutcome[]): readonly RunningProblem[] {
  const waiting = services.filter(({ handled, reasons }) => handled && reasons.length > 0);
  const problems = waiting.slice(0, mostPending).map(({ key, reasons }): RunningProblem => {
    const [first] = reasons;
    const message = first ? explain(first) : 'no address';
    return { code: 'PEND', severity: 'warning', object: `svc/${key}`, message, hint: `lanlord explain svc/${key}` };
  });
  if (waiting.length <= mostPending) return problems;
  const message = `${waiting.length - mostPending} more services wait for addresses`;
  return [
    ...problems,
    { code: 'PEND', severity: 'warning', object: 'services', message, hint: 'lanlord get services' },
  ];
}

function poolProblems(book: PoolBook, pools: readonly PoolOutcome[]): readonly RunningProblem[] {
  const available = new Map(pools.map((pool) => [pool.name, pool]));
  return book.uses.flatMap(({ state, conflict, isOpen }): readonly RunningProblem[] => {
    const problem = (message: string, hint: string): RunningProblem => ({
      code: 'POOL',
      severity: 'warning',
      object: `pool/${state.name}`,
      message,
      hint,
    });
    if (state.fault) return [problem(`invalid: ${state.fault.message}`, `correct ${state.fault.path}`)];
    if (conflict) return [problem(conflictMessage(conflict), 'change one of the two ranges')];
    const counts = available.get(state.name);
    if (isOpen && counts && counts.total > 0n && counts.available === 0n) {
      return [problem(`all ${counts.total} addresses are used`, 'add a block')];
    }
    return [];
  });
}

function policyProblems({ name, fault, inForce, matchesNode, interfaces }: PolicyState): readonly RunningProblem[] {
  const problem = (message: string, hint: string): RunningProblem => ({
    code: 'POLICY',
    severity: 'warning',
    object: `policy/${name}`,
    message,
    hint,
  });
  if (fault) {
    const kept = inForce ? '; the last valid version goes on' : '';
    return [problem(`invalid: ${fault.message}${kept}`, `correct ${fault.path}`)];
  }
  if (matchesNode && interfaces.length === 0) {
    return [problem('no usable interface of this node matches', 'correct spec.interfaces; see lanlord get interfaces')];
  }
  return [];
}

/** The kernel answers for an own address itself, on whatever interface it likes: that is nobody's VIP. */
function ownAddressProblems(unannounced: readonly Unannounced[]): readonly RunningProblem[] {
  return unannounced.flatMap(({ services, reasons }) =>
    reasons.flatMap((reason): readonly RunningProblem[] => {
      if (reason.code !== 'own_address') return [];
      const object = `svc/${services[0] ?? ''}`;
      const hint = `remove ${reason.address} from interface ${quote(reason.interface)}, or choose another address`;
      return [{ code: 'OWN', severity: 'critical', object, message: `Not announced: ${explain(reason)}`, hint }];
    }),
  );
}
