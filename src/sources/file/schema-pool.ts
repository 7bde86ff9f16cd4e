// `CiliumLoadBalancerIPPool`: strict, with the older `cidrs` as objects or plain text.
import { z } from 'zod';
import { booleanOrWord, labelSelector, metadata } from './schema-metadata.ts';

/** Blocks of one pool: overlap and allocation walk all of them. */
const maxBlocks = 1024;

const block = z.strictObject({ cidr: z.string().nullish(), start: z.string().nullish(), stop: z.string().nullish() });

export const poolSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z
    .strictObject({
      blocks: z.array(block).max(maxBlocks).nullish(),
      cidrs: z
        .array(z.union([z.string(), block]).describe('text such as 10.0.0.0/24'))
        .max(maxBlocks)
        .nullish(),
      allowFirstLastIPs: z.union([z.string(), z.boolean()]).describe('"Yes" or "No"').nullish(),
      disabled: booleanOrWord,
      serviceSelector: labelSelector,
    })
    .nullish(),
  status: z.unknown().optional(),
});

export type PoolInput = z.infer<typeof poolSchema>;
