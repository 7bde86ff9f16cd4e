// What a plan comes to, in a few words.
import type { PlanAnswer } from '#control/protocol.ts';
import type { PlanView } from '../state/plan-view.ts';
import type { World } from '../state/world.ts';
import type { Glyphs } from '../text/glyphs.ts';

/** `/etc/lanlord → running #17`. */
export function planTitle({ paths, answer }: PlanView, { status }: World, glyphs: Glyphs): string {
  const from = answer?.paths ?? (paths.length > 0 ? paths : (status?.paths ?? []));
  const generation = answer?.generation ?? status?.generation;
  return `${from.join(' ')} ${glyphs.arrow} running${generation === undefined ? '' : ` #${generation}`}`;
}

/** What becomes of the VIPs, or that it is not known yet. */
export function planNote({ answer, isAsking, failure, paths }: PlanView): string {
  if (isAsking) return 'evaluating';
  if (failure !== null) return failure;
  if (answer === null || isEmpty(answer)) return '';
  if (!answer.applicable) return 'nothing would be applied';
  return [impactText(answer), ...(paths.length === 0 ? ['lanlord reload applies it'] : [])].join('   ');
}

function impactText({ changes, objects }: PlanAnswer): string {
  const count = (impact: PlanAnswer['changes'][number]['impact']) =>
    new Set(changes.flatMap((change) => (change.impact === impact ? [change.ip] : []))).size;
  const [outages, moves, fresh] = [count('outage'), count('ip-change'), count('new')];
  const parts = [
    ...(outages > 0 ? [`${outages} ${outages === 1 ? 'VIP loses its answer' : 'VIPs lose their answer'}`] : []),
    ...(moves > 0 ? [`${moves} ${moves === 1 ? 'changes its address' : 'change their address'}`] : []),
    ...(fresh > 0 ? [`${fresh} new`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return objects.length === 1 ? '1 object changes, no VIP does' : `${objects.length} objects change, no VIP does`;
}

function isEmpty({ changes, objects, problems, pending }: PlanAnswer): boolean {
  return changes.length + objects.length + problems.length + pending.length === 0;
}

/** In place of rows. */
export function planWords({ answer, isAsking, failure }: PlanView): readonly string[] {
  if (failure !== null) return [failure];
  if (answer === null) return isAsking ? ['evaluating these files'] : [];
  return [`No changes: generation ${answer.generation} runs them.`];
}
