// Frames that `lanlord traffic` wrote before, and what was lost between them.
import type { ClientResult } from '#control/client.ts';
import { apiVersion } from '#control/protocol.ts';
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import type { FrameCount } from '#model/traffic-frame.ts';
import { looksLike } from './input-file.ts';
import { isObject, readValues, refusal } from './json-values.ts';

/** Told between the frames where it happened. */
export interface FrameLoss extends FrameCount {
  readonly cause: string;
}

export type KeptFrame = { readonly frame: TrafficItem } | { readonly loss: FrameLoss };

export interface KeptTraffic {
  readonly kept: readonly KeptFrame[];
  readonly generatedAt: string;
  /** Empty: the lines do not say whose they are. */
  readonly node: string;
}

const sample: TrafficItem = {
  sequence: 1,
  time: '2026-11-23T03:07:21.000000Z',
  interface: 'eth0',
  direction: 'in',
  protocol: null,
  operation: null,
  ip: null,
  sender: null,
  senderMac: null,
  target: null,
  verdict: 'answered',
  reason: '',
  source: '',
  destination: '',
  vlan: null,
  length: 0,
  latencySeconds: null,
};
const lossSample: FrameLoss = { interface: 'eth0', frames: 1, cause: '' };

/** `-` is stdin. @returns why there are none, as a refusal. */
export async function readTraffic(path: string): Promise<ClientResult<KeptTraffic>> {
  const read = await readValues(path);
  if (!read.ok) return read;
  const { place, values } = read.value;
  const [first] = values;
  const isList = values.length === 1 && isObject(first) && Array.isArray(first['items']);
  if (isList && first['kind'] !== 'TrafficList') return refusal(`${place} holds ${String(first['kind'])}, not traffic`);
  const items: readonly unknown[] = isList ? (first['items'] as readonly unknown[]) : values;
  const kept = items.map(keptFrame);
  const bad = kept.indexOf(null);
  if (bad >= 0) return refusal(`${place}: item ${bad + 1} is no frame`);
  const { generatedAt, node } = isList ? first : {};
  const value: KeptTraffic = {
    kept: kept.filter((one) => one !== null),
    generatedAt: typeof generatedAt === 'string' ? generatedAt : new Date().toISOString(),
    node: typeof node === 'string' ? node : '',
  };
  return { ok: true, value };
}

/** As the daemon answers, of frames alone. */
export function asAnswer({ generatedAt, node }: KeptTraffic, items: readonly TrafficItem[]): TrafficAnswer {
  return { apiVersion, kind: 'TrafficList', generatedAt, node, items, next: '', lost: [], kernelDrops: [] };
}

/** Every field of a frame has to be there: `looksLike` asks for the first one alone. */
function keptFrame(value: unknown): KeptFrame | null {
  if (!isObject(value)) return null;
  if (value['type'] === 'LOST') return looksLike(lossSample, value) ? { loss: value as unknown as FrameLoss } : null;
  const isWhole = Object.keys(sample).every((name) => name in value);
  return isWhole && looksLike(sample, value) ? { frame: value as unknown as TrafficItem } : null;
}
