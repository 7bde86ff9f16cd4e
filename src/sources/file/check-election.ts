// Settings of the election that no single field can be judged by.
// Read RFC 9568 §5.2.3 and §5.2.7 before changing this file.
import { largestRouterId } from '#model/group-index.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { type Conversion, objectProblem } from './conversion.ts';
import { parseDurationMs } from './duration.ts';
import { wholeCentiseconds } from './merge-node-config.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

const defaults = defaultNodeConfig('').election.vrrp;

export function checkElection(conversion: Conversion, { election }: NodeConfigSpec): void {
  const vrrp = election?.vrrp;
  if (!vrrp) return;
  const path = (field: string) => ['spec', 'election', 'vrrp', field];
  const refuse = (field: string, message: string, hint: string) =>
    conversion.reporter.inDocument(conversion.document, 'document', {
      code: 'LL-CFG-042',
      path: path(field),
      message,
      hint,
    });
  const first = vrrp.virtualRouterId ?? defaults.virtualRouterId;
  const groups = vrrp.groups ?? defaults.groups;
  const last = first + groups - 1;
  if (last > largestRouterId) {
    const field = vrrp.groups ? 'groups' : 'virtualRouterId';
    const hint = `write groups: ${largestRouterId + 1 - first}, or a lower virtualRouterId`;
    refuse(field, `${groups} virtual router ids from ${first} on end at ${last}, beyond ${largestRouterId}`, hint);
  }
  const interval = duration(vrrp.advertisementInterval, defaults.advertisementIntervalMs);
  const learned = duration(vrrp.maxLearnedInterval, defaults.maxLearnedIntervalMs);
  if (learned < interval) {
    const message = `maxLearnedInterval (${learned}ms) is shorter than advertisementInterval (${interval}ms): boxes would take over from a healthy leader`;
    refuse(vrrp.maxLearnedInterval ? 'maxLearnedInterval' : 'advertisementInterval', message, 'make it longer');
  }
  const rounded = wholeCentiseconds(interval);
  if (rounded === interval) return;
  objectProblem(conversion, {
    code: 'LL-CFG-042',
    severity: 'warning',
    path: path('advertisementInterval'),
    message: `advertisementInterval: ${interval}ms is rounded to ${rounded}ms: VRRP counts in steps of 10ms`,
    hint: `write: advertisementInterval: ${rounded}ms`,
  });
}

/** The schema has judged it. */
function duration(text: string | null | undefined, otherwise: number): number {
  return (text ? parseDurationMs(text) : null) ?? otherwise;
}
