// Plays one case in one order.
import type { ManifestObject } from '#sources/file/manifest-object.ts';
import { parseManifests } from '#sources/file/parse-manifests.ts';
import type { CaseFile, Step } from './case-file.ts';
import { Cluster } from './cluster.ts';
import { check, type IngressSnapshot, snapshot } from './expectations.ts';

/** `step`: settle once per step. The others settle after every document, as written or with one kind first. */
export type Order = 'step' | 'document' | 'services-first' | 'pools-first';
export const orders: readonly Order[] = ['step', 'document', 'services-first', 'pools-first'];

/** `metadata.creationTimestamp` of objects that have none: equally old, so that names decide. */
const defaultCreatedMs = Date.UTC(2026, 0, 1);

/** What does not hold, one line each; empty when the case passes. */
export function runCase(file: CaseFile, order: Order, forgetful = false): readonly string[] {
  const cluster = new Cluster(file, forgetful);
  cluster.settle();
  let before: IngressSnapshot = new Map();
  const failures: string[] = [];
  file.steps.forEach((step, i) => {
    if (step.expect) {
      const found = check(cluster, step.expect, before);
      failures.push(...found.map((text) => `step ${i + 1}: ${text}`));
      before = snapshot(cluster);
    } else {
      act(cluster, step, order, file.name);
      cluster.settle();
    }
  });
  return failures;
}

function act(cluster: Cluster, step: Step, order: Order, name: string): void {
  const settle = () => (order === 'step' ? undefined : cluster.settle());
  if (step.apply !== undefined) {
    for (const object of arranged(manifests(cluster, step.apply, name), order)) {
      cluster.put(object);
      settle();
    }
  }
  for (const key of step.delete ?? []) {
    cluster.remove(key);
    settle();
  }
  if (step.stop) cluster.stop();
  if (step.restart) cluster.restart();
  if (step.setNodeLabels) cluster.nodeLabels = step.setNodeLabels;
  if (step.setInterfaces) cluster.interfaces = step.setInterfaces;
  if (step.setLeader) cluster.leader = step.setLeader;
}

function manifests(cluster: Cluster, text: string, name: string): readonly ManifestObject[] {
  const { objects, problems, skipped } = parseManifests(text, `${name}.yaml`, { createdMs: () => defaultCreatedMs });
  for (const { message, hint } of problems) cluster.warnings.add(`${message} ${hint}`);
  const refused = problems.filter(({ scope, severity }) => scope === 'document' && severity === 'error');
  if (refused.length > 0 || skipped.size > 0)
    throw new Error(`manifest refused: ${JSON.stringify(refused[0] ?? [...skipped])}`);
  return objects;
}

/** Only the written order within one kind counts. */
function arranged(objects: readonly ManifestObject[], order: Order): readonly ManifestObject[] {
  if (order === 'step' || order === 'document') return objects;
  const first = order === 'services-first' ? 'Service' : 'CiliumLoadBalancerIPPool';
  const last = order === 'services-first' ? 'CiliumLoadBalancerIPPool' : 'Service';
  const place = ({ kind }: ManifestObject) => (kind === first ? 0 : kind === last ? 2 : 1);
  return [...objects].sort((a, b) => place(a) - place(b));
}
