// `CiliumLoadBalancerIPPool`: strict, with the older `cidrs` as objects or plain text.
import { z } from 'zod';
import { booleanOrWord, labelSelector, metadata } from './schema-metadata.ts';

/** Blocks of one pool: overlap and allocation walk all of them. */
const maxBlocks = 1024;

const block = z.strictObject({
  cidr: z.string().nullish().describe('A CIDR; goes before `start` and `stop`'),
  start: z.string().nullish().describe('First address of a range'),
  stop: z.string().nullish().describe('Last address of a range; absent: `start` alone'),
});

export const poolSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z
    .strictObject({
      blocks: z.array(block).max(maxBlocks).nullish().describe('The addresses of the pool'),
      cidrs: z
        .array(z.union([z.string(), block]).describe('text such as 10.0.0.0/24'))
        .max(maxBlocks)
        .nullish()
        .describe('The older name of `blocks`; works, with a warning'),
      allowFirstLastIPs: z
        .union([z.string(), z.boolean()])
        .describe('"Yes" or "No"')
        .nullish()
        .describe('`No` reserves the first and last address of every `cidr`; ranges never reserve. Absent: Yes'),
      disabled: booleanOrWord.describe('Hands out nothing new; what is held stays. Absent: false'),
      serviceSelector: labelSelector.describe('Services that get addresses from here; absent: all'),
    })
    .nullish(),
  status: z.unknown().optional(),
});

export type PoolInput = z.infer<typeof poolSchema>;
