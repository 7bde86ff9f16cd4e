// `Service`, `EndpointSlice` and `Node` as Kubernetes prints them: known fields are typed, others are accepted.
import { z } from 'zod';
import { labelMap, metadata } from './schema-metadata.ts';

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const condition = z.looseObject({ type: z.string(), status: text, reason: text, message: text });

export const serviceSchema = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      type: text,
      loadBalancerClass: text,
      loadBalancerIP: text,
      externalIPs: texts,
      ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).nullish(),
      ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).nullish(),
      externalTrafficPolicy: z.enum(['Cluster', 'Local', '']).nullish(),
      selector: labelMap,
      ports: z.array(z.looseObject({ port: z.int().min(0).max(65_535), protocol: text })).nullish(),
    })
    .nullish(),
  status: z
    .looseObject({
      loadBalancer: z
        .looseObject({ ingress: z.array(z.looseObject({ ip: text, hostname: text })).nullish() })
        .nullish(),
      conditions: z.array(condition).nullish(),
    })
    .nullish(),
});

const flag = z.boolean().nullish();

export const endpointSliceSchema = z.looseObject({
  metadata,
  endpoints: z
    .array(
      z.looseObject({
        nodeName: text,
        conditions: z.looseObject({ ready: flag, serving: flag, terminating: flag }).nullish(),
      }),
    )
    .nullish(),
});

export const nodeSchema = z.looseObject({
  metadata,
  status: z.looseObject({ addresses: z.array(z.looseObject({ type: text, address: text })).nullish() }).nullish(),
});

export type ServiceInput = z.infer<typeof serviceSchema>;
export type EndpointSliceInput = z.infer<typeof endpointSliceSchema>;
export type NodeInput = z.infer<typeof nodeSchema>;
