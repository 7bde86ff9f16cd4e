// Cuts a failing schedule down to what is needed to fail in the same way.
import { type Action, nowhere, type Plan } from './plan.ts';

/** `fails`: the rule that a schedule breaks, or null. Gives back a schedule that breaks the same rule. */
export function shrink(plan: Plan, fails: (plan: Plan) => string | null): Plan {
  const rule = fails(plan);
  if (rule === null) return plan;
  let best = plan;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const smaller of candidates(best)) {
      if (fails(smaller) !== rule) continue;
      best = smaller;
      isSmaller = true;
      break;
    }
  }
  return best;
}

function* candidates(plan: Plan): Iterable<Plan> {
  for (const at of plan.actions.keys()) yield { ...plan, actions: plan.actions.filter((_, i) => i !== at) };
  if (plan.boxes.length > 2) for (const box of plan.boxes.keys()) yield withoutBox(plan, box);
  if (plan.groups.length > 1) for (const group of plan.groups.keys()) yield withoutGroup(plan, group);
  if (plan.groups.includes('IPv6')) yield { ...plan, groups: plan.groups.map(() => 'IPv4') };
  if (plan.addresses > 1) yield { ...plan, addresses: 1 };
  if (plan.loss > 0) yield { ...plan, loss: 0 };
  if (plan.duplicate > 0) yield { ...plan, duplicate: 0 };
  if (plan.lateMs > 1) yield { ...plan, lateMs: 1 };
  if (plan.boxes.some(({ rate }) => rate !== 1))
    yield { ...plan, boxes: plan.boxes.map((box) => ({ ...box, rate: 1 })) };
  if (plan.boxes.some(({ bootMs }) => bootMs !== 0)) {
    yield { ...plan, boxes: plan.boxes.map((box) => ({ ...box, bootMs: 0 })) };
  }
  if (plan.boxes.some(({ preempt }) => preempt)) {
    yield { ...plan, boxes: plan.boxes.map((box) => ({ ...box, preempt: false })) };
  }
}

function withoutBox(plan: Plan, gone: number): Plan {
  const moved = (box: number) => (box > gone ? box - 1 : box);
  const actions = plan.actions.flatMap((action): Action[] => {
    switch (action.kind) {
      case 'partition': {
        const side = action.side.filter((box) => box !== gone).map(moved);
        return side.length > 0 ? [{ ...action, side }] : [];
      }
      case 'one_way':
        if (action.from === gone || action.to === gone) return [];
        return [{ ...action, from: moved(action.from), to: moved(action.to) }];
      case 'failover':
        return action.to === gone ? [] : [{ ...action, to: action.to === nowhere ? nowhere : moved(action.to) }];
      case 'storm':
        return [action];
      default:
        return action.box === gone ? [] : [{ ...action, box: moved(action.box) }];
    }
  });
  return { ...plan, boxes: plan.boxes.filter((_, box) => box !== gone), actions };
}

function withoutGroup(plan: Plan, gone: number): Plan {
  const actions = plan.actions.flatMap((action): Action[] => {
    if (action.kind !== 'failover' && action.kind !== 'priority' && action.kind !== 'unwanted') return [action];
    if (action.group === gone) return [];
    return [{ ...action, group: action.group > gone ? action.group - 1 : action.group }];
  });
  const boxes = plan.boxes.map((box) => ({ ...box, priorities: box.priorities.filter((_, group) => group !== gone) }));
  return { ...plan, groups: plan.groups.filter((_, group) => group !== gone), boxes, actions };
}
