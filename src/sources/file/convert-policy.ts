// `CiliumL2AnnouncementPolicy` to the model.
import type { Policy } from '#model/resources.ts';
import { patternFault, patternHint } from './check-pattern.ts';
import {
  type Conversion,
  convertMetadata,
  fieldPositions,
  objectProblem,
  readBoolean,
  readSelector,
} from './conversion.ts';
import { clip, show } from './schema-issues.ts';
import type { PolicyInput } from './schema-policy.ts';

const policyFields: readonly string[] = [
  'nodeSelector',
  'serviceSelector',
  'interfaces',
  'externalIPs',
  'loadBalancerIPs',
];

export function convertPolicy(conversion: Conversion, input: PolicyInput): Policy {
  const spec = input.spec ?? {};
  for (const [index, pattern] of (spec.interfaces ?? []).entries()) {
    const fault = patternFault(pattern);
    if (fault === null) continue;
    objectProblem(conversion, {
      code: 'LL-CFG-020',
      path: ['spec', 'interfaces', index],
      message: `${show(pattern)} is not a regular expression of Go: ${clip(fault)}`,
      hint: patternHint(pattern),
    });
  }
  const externalIPs = readBoolean(conversion, ['spec', 'externalIPs'], spec.externalIPs);
  const loadBalancerIPs = readBoolean(conversion, ['spec', 'loadBalancerIPs'], spec.loadBalancerIPs);
  // A misspelt field has its own message already.
  const misspelt = Object.keys(spec).some((field) => !policyFields.includes(field));
  if (!externalIPs && !loadBalancerIPs && !misspelt) {
    objectProblem(conversion, {
      code: 'LL-CFG-022',
      severity: 'warning',
      path: ['spec'],
      atKey: true,
      message: `policy ${clip(input.metadata.name)} announces nothing: loadBalancerIPs and externalIPs are both off`,
      hint: 'add loadBalancerIPs: true',
    });
  }
  const nodeSelector = readSelector(conversion, ['spec', 'nodeSelector'], spec.nodeSelector);
  const serviceSelector = readSelector(conversion, ['spec', 'serviceSelector'], spec.serviceSelector);
  return {
    ...convertMetadata(conversion, 'CiliumL2AnnouncementPolicy', '', input.metadata),
    fields: fieldPositions(conversion),
    ...(nodeSelector && { nodeSelector }),
    ...(serviceSelector && { serviceSelector }),
    interfaces: spec.interfaces ?? [],
    externalIPs,
    loadBalancerIPs,
  };
}
