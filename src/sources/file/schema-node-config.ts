// `NodeConfig`: strict, every field optional. The defaults are in the model, not here.
// Descriptions of fields are for the reference page; the one inside `nullish()` is what a value may be, for messages.
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

const vrrp = z
  .strictObject({
    virtualRouterId: whole(1, 255)
      .nullish()
      .describe('First of the virtual router ids that addresses of policies without a nodeSelector share'),
    groups: whole(1, 255)
      .nullish()
      .describe('How many such ids there are: the grain in which boxes share the addresses'),
    priority: z
      .union([z.literal('auto'), whole(1, 255)])
      .describe('auto or 1 to 255')
      .nullish()
      .describe('`auto` spreads the groups over the boxes; a number fixes it'),
    // RFC 9568 §5.2.7: 12 bits of centiseconds.
    advertisementInterval: duration(10, 40_950, '10ms to 40.95s').nullish().describe('Time between advertisements'),
    maxLearnedInterval: duration(10, 40_950, '10ms to 40.95s')
      .nullish()
      .describe('A longer interval than this is never learned from an advertisement'),
    preempt: booleanOrWord.describe('Whether a box with a higher priority takes over from a healthy one'),
    preemptDelay: duration(0, day, 'up to 24h').nullish().describe('Time of health before it does'),
    checksum: z.enum(['auto', 'pseudo', 'rfc9568']).nullish().describe('Which checksum IPv4 advertisements carry'),
    // RFC 9568 §5.2.5: the count has eight bits.
    addresses: z
      .array(z.string())
      .max(255)
      .nullish()
      .describe(
        'The list that advertisements carry, for routers of another make that compare it; empty: a fixed anchor',
      ),
    peers: texts.describe('Addresses that advertisements and hellos are sent to one by one; empty: multicast'),
  })
  .nullish()
  .describe('How the boxes of a LAN agree on who answers: VRRPv3 (RFC 9568), with `mode: vrrp`');

const election = z
  .strictObject({
    mode: z
      .enum(['solo', 'vrrp', 'lease'])
      .nullish()
      .describe(
        'Who leads an address: this box alone (`solo`), or one of several boxes (`vrrp`). `lease` is not there yet',
      ),
    vrrp,
    track: z
      .strictObject({ interfaces: texts.describe('Without carrier on one of these the box leads nothing') })
      .nullish(),
    hello: z
      .strictObject({
        interval: duration(100, 60_000, '100ms to 60s').nullish().describe('Time between hellos'),
        keyFile: text.describe('File with the key that hellos are signed with; empty: not signed'),
      })
      .nullish()
      .describe('What the boxes of a LAN tell each other about themselves'),
  })
  .nullish();

const announce = z
  .strictObject({
    burst: z
      .array(duration(0, 60_000, 'up to 60s'))
      .min(1)
      .max(16)
      .nullish()
      .describe('When an address is announced, counted from the moment it became ours'),
    refresh: duration(1000, day, '1s to 24h').nullish().describe('Time between later announcements, ± 10 %'),
    maxFramesPerSecond: whole(1, 100_000)
      .nullish()
      .describe('Announcement frames per second and interface; 10 for switches that count ARP per port'),
  })
  .nullish();

const conflict = z
  .strictObject({
    probe: booleanOrWord.describe('Whether an address is asked for on the LAN before the first claim'),
    profile: z.enum(['wired', 'standard']).nullish().describe('Timing: `standard` is RFC 5227, `wired` is shorter'),
    policy: z
      .enum(['defend', 'alarm', 'release'])
      .nullish()
      .describe('When another host claims an address of ours: announce it again, only tell, or give it up'),
  })
  .nullish();

const spec = z.strictObject({
  node: z
    .strictObject({
      name: text.describe('Name of this box; `--node` goes before it'),
      labels: labelMap.describe('What `nodeSelector` of a policy sees; `kubernetes.io/hostname` is always set'),
    })
    .nullish(),
  ipFamilies: z
    .array(z.enum(['IPv4', 'IPv6']))
    .min(1)
    .nullish()
    .describe('Families that services get addresses of'),
  defaultLBServiceIPAM: z
    .enum(['lbipam', 'nodeipam', 'none'])
    .nullish()
    .describe('Whether services without `loadBalancerClass` are ours: only with `lbipam`'),
  devices: z
    .strictObject({
      exclude: z
        .array(z.string().max(256))
        .max(256)
        .nullish()
        .describe('RE2 patterns of interfaces that a policy without `interfaces` does not mean; `lo` is never used'),
    })
    .nullish(),
  allowedPrefixes: texts.describe('CIDRs outside of which nothing is announced, whatever manifests say; empty: any'),
  allowedInterfaces: texts.describe('Names of interfaces that may be used at all; empty: any'),
  election,
  announce,
  conflict,
  delivery: z
    .enum(['none', 'local'])
    .nullish()
    .describe('`local`: this box accepts the traffic it attracts; needs CAP_NET_ADMIN'),
  hooks: z
    .strictObject({
      onChange: text.describe('A program to run at each change; empty: none'),
      timeout: duration(1, 3_600_000, '1ms to 1h').nullish().describe('After this it is stopped'),
      arguments: z.enum(['json', 'keepalived']).nullish().describe('What it is told'),
    })
    .nullish()
    .describe('Run when this box begins or ceases to answer for an address, and at conflicts; see docs/operations.md'),
  reload: z
    .strictObject({
      watch: z
        .union([z.boolean(), z.string()])
        .describe('true, false or plan')
        .nullish()
        .describe(
          'Whether a changed file is applied by itself; with `false` and `plan` a log line says that it changed',
        ),
    })
    .nullish(),
  control: z
    .strictObject({
      socket: text.describe('Socket for looking; `--socket` goes before it'),
      group: text.describe('Group that may use it; without such a group root alone'),
      adminSocket: text.describe('Socket for acting; with `--socket` it lies beside that one'),
      adminGroup: text.describe('Group that may use it; without such a group root alone'),
    })
    .nullish(),
  metrics: z
    .strictObject({ listen: text.describe('Address and port, such as 127.0.0.1:9417; empty: on the socket alone') })
    .nullish()
    .describe('Prometheus metrics, without a password'),
  limits: z
    .strictObject({
      addresses: whole(1, 1_048_576).nullish().describe('Addresses that one interface can answer for'),
    })
    .nullish(),
  journal: z.strictObject({ keep: whole(100, 10_000_000).nullish().describe('Events that are kept') }).nullish(),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .nullish()
        .describe('The least important lines that are written'),
    })
    .nullish(),
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
