// `CiliumL2AnnouncementPolicy`: strict.
import { z } from 'zod';
import { booleanOrWord, labelSelector, metadata } from './schema-metadata.ts';

export const policySchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z
    .strictObject({
      nodeSelector: labelSelector,
      serviceSelector: labelSelector,
      /** Every pattern is matched against every interface name at each change of an interface. */
      interfaces: z.array(z.string().max(256)).max(32).nullish(),
      externalIPs: booleanOrWord,
      loadBalancerIPs: booleanOrWord,
    })
    .nullish(),
  status: z.unknown().optional(),
});

export type PolicyInput = z.infer<typeof policySchema>;
