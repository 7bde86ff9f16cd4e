// What every kind has in common: metadata, label maps and label selectors.
import { z } from 'zod';

export const labelMap = z.record(z.string(), z.string()).nullish();

/** Kubernetes prints more fields than these: they are accepted and not read. */
export const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().nullish(),
  labels: labelMap,
  annotations: labelMap,
  creationTimestamp: z.string().nullish(),
});

/** `metav1.LabelSelector`, strict. Most requirements of a real selector: a handful. */
export const labelSelector = z
  .strictObject({
    matchLabels: labelMap,
    matchExpressions: z
      .array(z.strictObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
      .max(256)
      .nullish(),
  })
  .nullish();

/** True, false, or a word that YAML 1.1 reads as such (judged by the converter, with a warning). */
export const booleanOrWord = z.union([z.boolean(), z.string()]).describe('true or false').nullish();

export type Metadata = z.infer<typeof metadata>;
export type SelectorInput = z.infer<typeof labelSelector>;
