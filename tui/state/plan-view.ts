// What another configuration would change, as far as it was asked.
import type { PlanAnswer } from '#control/protocol.ts';

export interface PlanView {
  /** As they were typed; empty: those that the daemon runs with, as they are on disk now. */
  readonly paths: readonly string[];
  /** What ran when it was asked; null: nobody knew. */
  readonly generation: number | null;
  readonly isAsking: boolean;
  /** The last one that came; a failure does not take it away. */
  readonly answer: PlanAnswer | null;
  readonly failure: string | null;
}

/** What the plan is about: one row each. */
export type PlanRow =
  | { readonly kind: 'problem'; readonly key: string; readonly problem: PlanAnswer['problems'][number] }
  | { readonly kind: 'object'; readonly key: string; readonly object: PlanAnswer['objects'][number] }
  | {
      readonly kind: 'field';
      readonly key: string;
      readonly field: PlanAnswer['objects'][number]['fields'][number];
    }
  | { readonly kind: 'vip'; readonly key: string; readonly change: PlanAnswer['changes'][number] }
  | { readonly kind: 'pending'; readonly key: string; readonly pending: PlanAnswer['pending'][number] };

const none: readonly PlanRow[] = [];

/** BOUNDED: by the answers that are alive. */
const known = new WeakMap<PlanAnswer, readonly PlanRow[]>();

/** What is wrong, the objects with what changes in them, the VIPs; the same array for the same answer. */
export function planRows(plan: PlanView | null): readonly PlanRow[] {
  const answer = plan?.answer ?? null;
  if (answer === null) return none;
  const before = known.get(answer);
  if (before) return before;
  const rows = rowsOf(answer);
  known.set(answer, rows);
  return rows;
}

function rowsOf({ problems, objects, changes, pending }: PlanAnswer): readonly PlanRow[] {
  return [
    ...problems.map((problem, index): PlanRow => ({ kind: 'problem', key: `problem ${index}`, problem })),
    ...objects.flatMap((object): readonly PlanRow[] => {
      const key = `${object.kind}/${object.name}`;
      const fields = object.fields.map((field): PlanRow => ({ kind: 'field', key: `${key} ${field.path}`, field }));
      return [{ kind: 'object', key, object }, ...fields];
    }),
    ...changes.map((change): PlanRow => {
      const key = `vip ${change.ip} ${change.service} ${change.from} ${change.to}`;
      return { kind: 'vip', key, change };
    }),
    ...pending.map((one): PlanRow => ({ kind: 'pending', key: `pending ${one.service}`, pending: one })),
  ];
}
