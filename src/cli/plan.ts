// `plan`: what another configuration would change, VIP by VIP, while nothing is applied.
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { controlClient } from '#control/client.ts';
import type { StateAnswer } from '#control/plan-state.ts';
import { apiVersion, type PlanAnswer, type PlanObject } from '#control/protocol.ts';
import { type ObjectChange, objectChanges } from '#core/compare-inputs.ts';
import { comparePlans } from '#core/compare-plans.ts';
import { evaluate } from '#core/evaluate.ts';
import { fieldChanges } from '#core/field-changes.ts';
import { observe } from '#core/observe.ts';
import { planEffects } from '#core/plan-effects.ts';
import { explain } from '#model/reason.ts';
import type { Desired, Observed } from '#model/snapshot.ts';
import { problemTexts } from '#sources/file/problem-texts.ts';
import { renderProblems } from '#sources/file/render-problem.ts';
import type { PlanOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { type Candidate, loadCandidate } from './load-candidate.ts';
import type { Output } from './output.ts';
import { planText } from './plan-text.ts';
import { printJson } from './print-json.ts';

/** @returns 0 without changes, 1 with changes or errors. Evaluates here: the daemon only tells its state. */
export async function plan(options: PlanOptions, output: Output): Promise<number> {
  const answer = await controlClient(options.socket, options.timeoutMs).state();
  if (!answer.ok) return reportFailure(answer.failure, output);
  const state = answer.value;
  if (!state.observed) {
    output.note('lanlord: the daemon has not applied a configuration yet');
    return exitCode.unreachable;
  }
  const paths = options.paths.length > 0 ? options.paths.map((path) => resolve(path)) : state.paths;
  const candidate = await loadCandidate(paths, state.observed, hostname());
  const result = planAnswer({ ...state, observed: state.observed }, paths, candidate);
  if (options.output === 'json') printJson(result, output);
  else {
    const { problems } = candidate;
    if (problems.length > 0) output.data(`${renderProblems(problems, problemTexts(problems))}\n`);
    output.data(planText(result));
  }
  const isBad = candidate.problems.some(({ severity }) => severity === 'error');
  const isSame = result.applicable && result.changes.length + result.objects.length === 0;
  return isSame && !isBad ? exitCode.clean : exitCode.found;
}

type Present = StateAnswer & { readonly observed: Observed };

function planAnswer(present: Present, paths: readonly string[], candidate: Candidate): PlanAnswer {
  const head = {
    apiVersion,
    kind: 'Plan',
    generatedAt: new Date().toISOString(),
    node: present.node,
    applicable: candidate.ok,
    generation: present.generation,
    paths,
  } as const;
  const problems = candidate.problems.map(({ scope: _scope, path: _path, ...problem }) => problem);
  if (!candidate.ok) return { ...head, changes: [], unchanged: 0, objects: [], pending: [], problems };
  const before = round(present.observed, present.observed);
  const after = round(present.observed, candidate);
  const { changes, unchanged } = comparePlans(before, after);
  const effectOf = planEffects(before, after);
  const objects = objectChanges(before.observed, after.observed).map((change) => planObject(change, effectOf(change)));
  return { ...head, changes, unchanged, objects, pending: newlyPending(before.desired, after.desired), problems };
}

/** One round of this configuration on the present state, as after a reload. */
function round(present: Observed, { inputs, config }: Pick<Observed, 'inputs' | 'config'>) {
  const {
    node,
    interfaces,
    deliveredAddresses,
    leadership,
    memory,
    quarantine = [],
    options,
    drained = false,
  } = present;
  const nodeName = node.isNamed ? node.name : null;
  const world = { inputs, config, nodeName, interfaces, deliveredAddresses, leadership, memory, quarantine, drained };
  const observed = observe({ ...world, adoptStatus: false, nowMs: options.nowMs });
  return { observed, desired: evaluate(observed) };
}

function planObject(change: ObjectChange, effect: string): PlanObject {
  const { kind, name, before, after } = change;
  const fields = before && after ? fieldChanges(before, after) : [];
  const word = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return { change: word, kind, name, ...placeOf(change, fields[0]?.path), effect, fields };
}

/** Where it is written; of a changed object the first field that differs, where that is known. */
function placeOf({ before, after }: ObjectChange, path: string | undefined): Pick<PlanObject, 'file' | 'line'> {
  const object = after ?? before;
  if (!object || !('position' in object)) return { file: null, line: null };
  const position = fieldPosition(object, path) ?? object.position;
  return { file: position?.file ?? null, line: position?.line ?? null };
}

function fieldPosition(object: Exclude<ObjectChange['after'], null>, path: string | undefined) {
  if (!('fields' in object) || path === undefined) return undefined;
  // The nearest part that is known: `spec.blocks[0].stop`, else `spec.blocks[0]`, else `spec.blocks`.
  for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.search(/(?:\.|\[)[^.[]*$/)))) {
    const position = object.fields?.get(part);
    if (position) return position;
  }
  return undefined;
}

function newlyPending(before: Desired, after: Desired): PlanAnswer['pending'] {
  const lacking = new Set(before.services.flatMap((one) => (isPending(one) ? [one.key] : [])));
  return after.services
    .filter((one) => isPending(one) && !lacking.has(one.key))
    .map(({ key, reasons }) => ({ service: key, message: reasons.map(explain).join('; ') }));
}

function isPending({ handled, state }: Desired['services'][number]): boolean {
  return handled && state !== 'ready';
}
