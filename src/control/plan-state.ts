// The state that a plan starts from: what the daemon observed and remembers, as text in pieces.
import type { Observed } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';
import { apiVersion, timestamp } from './protocol.ts';
import { taggedJson } from './tagged-json.ts';

/** Rises when a reader of the number before would misunderstand the state. */
export const stateFormat = 1;

export interface StateAnswer {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'State';
  readonly generatedAt: string;
  readonly node: string;
  readonly format: number;
  readonly version: string;
  readonly generation: number;
  /** The `-c` paths that the daemon runs with. */
  readonly paths: readonly string[];
  /** As in the last round, with the memory after it. Null before the first round. */
  readonly observed: Observed | null;
}

/** Long lists travel beside the rest, so that nobody has to make the text of all of it at once. */
interface Carried {
  readonly services: Observed['inputs']['services'];
  readonly endpointSlices: Observed['inputs']['endpointSlices'];
  readonly allocations: Observed['memory']['allocations'];
}

// Between two pieces the daemon does its other work: 250 services take about a millisecond.
const itemsPerPiece = 250;

export async function* stateText(view: DaemonView): AsyncGenerator<string, void> {
  const { snapshot, node, version, generation, paths } = view;
  const head = { apiVersion, kind: 'State', generatedAt: timestamp(view.nowMs), node, format: stateFormat };
  const rest = { version, generation, paths };
  if (!snapshot) return void (yield `${taggedJson({ ...head, ...rest, observed: null })}\n`);
  const { inputs, ...others } = snapshot.observed;
  const { memory } = snapshot.desired;
  const observed = {
    ...others,
    inputs: { ...inputs, services: [], endpointSlices: [] },
    memory: { ...memory, allocations: [] },
  };
  const lists: Carried = {
    services: inputs.services,
    endpointSlices: inputs.endpointSlices,
    allocations: memory.allocations,
  };
  let piece = taggedJson({ ...head, ...rest, observed }).slice(0, -1);
  for (const [name, items] of Object.entries(lists) as [string, readonly unknown[]][]) {
    piece += `,${JSON.stringify(name)}:[`;
    for (let at = 0; at < items.length; at += itemsPerPiece) {
      const part = taggedJson(items.slice(at, at + itemsPerPiece)).slice(1, -1);
      yield `${piece}${at > 0 ? ',' : ''}${part}`;
      piece = '';
      await new Promise((resolve) => setImmediate(resolve));
    }
    piece += ']';
  }
  yield `${piece}}\n`;
}

/** Puts a state together again. Null: not in a format that is known here. */
export function readState(body: unknown): StateAnswer | null {
  const { services, endpointSlices, allocations, ...answer } = body as StateAnswer & Carried;
  if (answer.kind !== 'State' || answer.format !== stateFormat) return null;
  const { observed } = answer;
  if (!observed) return answer;
  const inputs = { ...observed.inputs, services, endpointSlices };
  return { ...answer, observed: { ...observed, inputs, memory: { ...observed.memory, allocations } } };
}
