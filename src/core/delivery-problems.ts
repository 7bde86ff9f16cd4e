// Problems about traffic that ends on this box, and the same as a step of an explanation.
import type { RunningProblem } from '#model/problem.ts';
import type { Undelivered } from '#model/traffic.ts';
import type { ExplainStep } from './explain-step.ts';
import { mostLookedAt } from './undelivered.ts';

/** So many addresses have a problem of their own; with more, the cause is one for all of them. */
const named = 3;

export const deliveryFixes = [
  'Set delivery: local in the NodeConfig: the addresses are bound on this box',
  'Or let something take the traffic: a local route, a route that leads on with forwarding, or a DNAT rule',
] as const;

export function deliveryProblems(undelivered: readonly Undelivered[]): readonly RunningProblem[] {
  const common = { code: 'NODELIVERY', severity: 'warning' as const };
  const hint = `delivery: local in the NodeConfig, or take the traffic yourself (route, DNAT)`;
  if (undelivered.length > named) {
    const first = undelivered.slice(0, named).map(({ ip }) => ip);
    const count = `${undelivered.length}${undelivered.length >= mostLookedAt ? ' or more' : ''}`;
    const message = `${count} addresses are announced, but nothing here accepts or forwards their traffic: ${first.join(', ')} and ${undelivered.length - named} more`;
    const objects = undelivered.map(({ ip }) => `ip/${ip}`);
    return [{ ...common, object: 'delivery', objects, message, hint }];
  }
  return undelivered.map((one) => ({ ...common, object: `ip/${one.ip}`, message: messageOf(one), hint }));
}

function messageOf({ ip, services, interfaces, why }: Undelivered): string {
  const where = interfaces.join(', ');
  return `${ip} (${services.join(', ')}) is announced on ${where}, but nothing here accepts or forwards its traffic: ${why}`;
}

/** Codes never change their meaning. */
export const deliveryCode = {
  code: 'LL-DLV-001',
  meaning: 'Nothing on this box accepts or forwards the traffic',
} as const;

/** Skipped, not failed: answering works, and who takes the traffic may be hidden from us (eBPF, legacy iptables). */
export function deliveryStep(one: Undelivered): ExplainStep {
  const message = `Nothing here accepts or forwards the traffic: ${one.why}`;
  const { code } = deliveryCode;
  return { name: `deliver ${one.ip}`, result: 'skipped', code, message, file: null, line: null, fix: deliveryFixes };
}
