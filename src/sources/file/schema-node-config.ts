// `NodeConfig`: strict, every field optional. The defaults are in the model, not here.
import { z } from 'zod';
import { parseDurationMs } from './duration.ts';
import { booleanOrWord, labelMap, metadata } from './schema-metadata.ts';

const duration = (least: number, most: number, words: string) =>
  z
    .string()
    .refine((text) => {
      const ms = parseDurationMs(text);
      return ms !== null && ms >= least && ms <= most;
    })
    .describe(`a duration such as 100ms or 60s, ${words}`);

const day = 86_400_000;
const whole = (least: number, most: number) => z.int().min(least).max(most);
const text = z.string().nullish();
const texts = z.array(z.string()).max(1024).nullish();

const vrrp = z.strictObject({
  virtualRouterId: whole(1, 255).nullish(),
  groups: whole(1, 255).nullish(),
  priority: z
    .union([z.literal('auto'), whole(1, 255)])
    .describe('auto or 1 to 255')
    .nullish(),
  // RFC 9568 §5.2.7: 12 bits of centiseconds.
  advertisementInterval: duration(10, 40_950, '10ms to 40.95s').nullish(),
  maxLearnedInterval: duration(10, 40_950, '10ms to 40.95s').nullish(),
  preempt: booleanOrWord,
  preemptDelay: duration(0, day, 'up to 24h').nullish(),
  checksum: z.enum(['auto', 'pseudo', 'rfc9568']).nullish(),
  addresses: texts,
  peers: texts,
});

const spec = z.strictObject({
  node: z.strictObject({ name: text, labels: labelMap }).nullish(),
  ipFamilies: z
    .array(z.enum(['IPv4', 'IPv6']))
    .min(1)
    .nullish(),
  defaultLBServiceIPAM: z.enum(['lbipam', 'nodeipam', 'none']).nullish(),
  devices: z.strictObject({ exclude: z.array(z.string().max(256)).max(256).nullish() }).nullish(),
  allowedPrefixes: texts,
  allowedInterfaces: texts,
  election: z
    .strictObject({
      mode: z.enum(['solo', 'vrrp', 'lease']).nullish(),
      vrrp: vrrp.nullish(),
      track: z.strictObject({ interfaces: texts }).nullish(),
      hello: z.strictObject({ interval: duration(100, 60_000, '100ms to 60s').nullish(), keyFile: text }).nullish(),
    })
    .nullish(),
  announce: z
    .strictObject({
      burst: z
        .array(duration(0, 60_000, 'up to 60s'))
        .min(1)
        .max(16)
        .nullish(),
      refresh: duration(1000, day, '1s to 24h').nullish(),
      maxFramesPerSecond: whole(1, 100_000).nullish(),
    })
    .nullish(),
  conflict: z
    .strictObject({
      probe: booleanOrWord,
      profile: z.enum(['wired', 'standard']).nullish(),
      policy: z.enum(['defend', 'alarm', 'release']).nullish(),
    })
    .nullish(),
  delivery: z.enum(['none', 'local']).nullish(),
  hooks: z
    .strictObject({
      onChange: text,
      timeout: duration(1, 3_600_000, '1ms to 1h').nullish(),
      arguments: z.enum(['json', 'keepalived']).nullish(),
    })
    .nullish(),
  reload: z
    .strictObject({ watch: z.union([z.boolean(), z.string()]).describe('true, false or plan').nullish() })
    .nullish(),
  control: z.strictObject({ socket: text, group: text, adminSocket: text, adminGroup: text }).nullish(),
  metrics: z.strictObject({ listen: text }).nullish(),
  limits: z.strictObject({ addresses: whole(1, 1_048_576).nullish() }).nullish(),
  journal: z.strictObject({ keep: whole(100, 10_000_000).nullish() }).nullish(),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).nullish() }).nullish(),
});

export const nodeConfigSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadata.partial().nullish(),
  spec: spec.nullish(),
  status: z.unknown().optional(),
});

export type NodeConfigInput = z.infer<typeof nodeConfigSchema>;
export type NodeConfigSpec = z.infer<typeof spec>;
