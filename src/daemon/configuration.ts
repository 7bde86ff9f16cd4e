// The configuration that runs: loaded from its source, else what was applied last.
import { createHash } from 'node:crypto';
import { keepUnchanged } from '#core/keep-unchanged.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import { type Inputs, type Position, serviceKey } from '#model/resources.ts';
import type { LoadResult, Source, StateStore } from '#ports.ts';

type Documents = readonly { readonly file: string; readonly text: string }[];

export interface ActiveConfig {
  readonly generation: number;
  /** SHA-256 of the documents. */
  readonly digest: string;
  readonly inputs: Inputs;
  readonly config: NodeConfig;
  /** Object errors and warnings. */
  readonly problems: readonly ConfigProblem[];
  /** Where settings are said, by path. */
  readonly settingPlaces: ReadonlyMap<string, Position>;
}

const nowhere: ReadonlyMap<string, Position> = new Map();

/** Why the configuration on disk is not the one that runs. */
export interface Refusal {
  readonly problems: readonly ConfigProblem[];
  readonly vanished: boolean;
}

export interface ConfigurationParts {
  readonly source: Source;
  readonly state: StateStore;
  /** Reads documents that were kept, with the rules of the source. */
  readonly parse: (documents: Documents) => Promise<LoadResult>;
  /** The `-c` paths, absolute. */
  readonly paths: readonly string[];
}

export interface Loaded {
  readonly active: ActiveConfig;
  /** To be kept once this is applied; null when they are kept already. */
  readonly documents: Documents | null;
  readonly refusal: Refusal | null;
}

export class Configuration {
  readonly #parts: ConfigurationParts;
  readonly #key: string;

  constructor(parts: ConfigurationParts) {
    this.#parts = parts;
    this.#key = createHash('sha256')
      .update([...parts.paths].sort().join('\0'))
      .digest('hex');
  }

  /** For a start: what is on disk, else (unless `strict`) what was applied last. A refusal alone: there is neither. */
  async first(strict: boolean): Promise<Loaded | Refusal> {
    const loaded = await this.load(null);
    if ('active' in loaded || strict) return loaded;
    const kept = this.#parts.state.loadApplied(this.#key);
    if (!kept) return loaded;
    const result = await this.#parts.parse(kept.documents);
    if (!result.ok) return loaded;
    const { generation, digest } = kept;
    const { inputs, config, problems, settingPlaces = nowhere } = result;
    const active = { generation, digest, inputs, config, problems, settingPlaces };
    return { active, documents: null, refusal: loaded };
  }

  /** What is on disk. `running` itself when its documents are the same. */
  async load(running: ActiveConfig | null): Promise<Loaded | Refusal> {
    const result = await this.#parts.source.load();
    if (!result.ok) return { problems: result.problems, vanished: result.vanished };
    const digest = digestOf(result.documents);
    if (running?.digest === digest) return { active: running, documents: null, refusal: null };
    const known = running ?? this.#parts.state.appliedGeneration(this.#key);
    const same = known?.digest === digest;
    const generation = (known?.generation ?? 0) + (same ? 0 : 1);
    const { config, problems, settingPlaces = nowhere } = result;
    const inputs = running ? keepUnchanged(running.inputs, result.inputs) : result.inputs;
    const active = { generation, digest, inputs, config, problems, settingPlaces };
    return { active, documents: same ? null : result.documents, refusal: null };
  }

  /** Keeps documents as the last applied ones. */
  keep({ generation, digest }: ActiveConfig, documents: Documents): void {
    this.#parts.state.saveApplied(this.#key, { generation, digest, documents });
  }

  /** Objects that are declared no longer are new when they come back. */
  forgetOthers({ inputs }: ActiveConfig): void {
    const declared = new Set<string>();
    for (const { name } of inputs.pools) declared.add(`CiliumLoadBalancerIPPool/${name}`);
    for (const { name } of inputs.policies) declared.add(`CiliumL2AnnouncementPolicy/${name}`);
    for (const service of inputs.services) declared.add(`Service/${serviceKey(service)}`);
    for (const slice of inputs.endpointSlices) declared.add(`EndpointSlice/${serviceKey(slice)}`);
    for (const { name } of inputs.nodes) declared.add(`Node/${name}`);
    this.#parts.state.retainSeen(declared);
  }
}

/** Lengths are part of it, so that no text can pass for the border between two documents. */
function digestOf(documents: Documents): string {
  const hash = createHash('sha256');
  for (const { file, text } of documents) hash.update(`${file.length} ${text.length} ${file}\n`).update(text);
  return hash.digest('hex');
}
