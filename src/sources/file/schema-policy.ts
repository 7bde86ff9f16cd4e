// `CiliumL2AnnouncementPolicy`: strict.
import { z } from 'zod';
import { booleanOrWord, labelSelector, metadata } from './schema-metadata.ts';

export const policySchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z
    .strictObject({
      nodeSelector: labelSelector.describe('Nodes that may answer; absent: all'),
      serviceSelector: labelSelector.describe('Services whose addresses are announced; absent: all'),
      // Every pattern is matched against every interface name at each change of an interface.
      interfaces: z
        .array(z.string().max(256))
        .max(32)
        .nullish()
        .describe('RE2 patterns of interface names, unanchored; absent or empty: all but `devices.exclude`'),
      externalIPs: booleanOrWord.describe('Announce addresses of `spec.externalIPs`. Absent: false'),
      loadBalancerIPs: booleanOrWord.describe('Announce addresses given by pools. Absent: false'),
    })
    .nullish(),
  status: z.unknown().optional(),
});

export type PolicyInput = z.infer<typeof policySchema>;
