// The configuration that runs: loaded from its source, else what was applied last.
import { createHash } from 'node:crypto';
import type { NodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import { type Inputs, serviceKey } from '#model/resources.ts';
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
}

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
  async first(strict: boolean, nowMs: number): Promise<Loaded | Refusal> {
    const loaded = await this.load(null, nowMs);
    if ('active' in loaded || strict) return loaded;
    const kept = this.#parts.state.loadApplied(this.#key);
    if (!kept) return loaded;
    const result = await this.#parts.parse(kept.documents);
    if (!result.ok) return loaded;
    const { generation, digest } = kept;
    const inputs = this.#dated(result.inputs, nowMs);
    const active = { generation, digest, inputs, config: result.config, problems: result.problems };
    return { active, documents: null, refusal: loaded };
  }

  /** What is on disk. `running` itself when its documents are the same. */
  async load(running: ActiveConfig | null, nowMs: number): Promise<Loaded | Refusal> {
    const result = await this.#parts.source.load();
    if (!result.ok) return { problems: result.problems, vanished: result.vanished };
    const digest = digestOf(result.documents);
    if (running?.digest === digest) return { active: running, documents: null, refusal: null };
    const known = running ?? this.#parts.state.appliedGeneration(this.#key);
    const same = known?.digest === digest;
    const generation = (known?.generation ?? 0) + (same ? 0 : 1);
    const { config, problems } = result;
    const active = { generation, digest, inputs: this.#dated(result.inputs, nowMs), config, problems };
    return { active, documents: same ? null : result.documents, refusal: null };
  }

  /** Keeps documents as the last applied ones. */
  keep({ generation, digest }: ActiveConfig, documents: Documents): void {
    this.#parts.state.saveApplied(this.#key, { generation, digest, documents });
  }

  /** Objects without creation time are as old as the load that saw them first. */
  #dated(inputs: Inputs, nowMs: number): Inputs {
    const names: string[] = [];
    for (const pool of inputs.pools) if (isUndated(pool)) names.push(`Pool/${pool.name}`);
    for (const policy of inputs.policies) if (isUndated(policy)) names.push(`Policy/${policy.name}`);
    for (const service of inputs.services) if (isUndated(service)) names.push(`Service/${serviceKey(service)}`);
    const seen = this.#parts.state.firstSeen(names, nowMs);
    if (names.length === 0) return inputs;
    const date = <T extends Dated>(object: T, name: string): T =>
      isUndated(object) ? { ...object, createdMs: seen.get(name) ?? nowMs } : object;
    return {
      ...inputs,
      pools: inputs.pools.map((pool) => date(pool, `Pool/${pool.name}`)),
      policies: inputs.policies.map((policy) => date(policy, `Policy/${policy.name}`)),
      services: inputs.services.map((service) => date(service, `Service/${serviceKey(service)}`)),
    };
  }
}

interface Dated {
  readonly createdMs: number;
}

function isUndated({ createdMs }: Dated): boolean {
  return !(createdMs > 0);
}

/** Lengths are part of it, so that no text can pass for the border between two documents. */
function digestOf(documents: Documents): string {
  const hash = createHash('sha256');
  for (const { file, text } of documents) hash.update(`${file.length} ${text.length} ${file}\n`).update(text);
  return hash.digest('hex');
}
