// The declared state in manifest files and directories.
import { defaultNodeConfig, type NodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { Clock, LoadResult, Source, StateStore } from '#ports.ts';
import { byKind } from './by-kind.ts';
import { findGroups } from './check-groups.ts';
import { findHookFault } from './check-hook.ts';
import { findDuplicates } from './check-identity.ts';
import { findOverlaps } from './check-overlap.ts';
import { findOwnAddresses } from './check-own-address.ts';
import { findFiles } from './find-files.ts';
import { type ManifestObject, objectKey } from './manifest-object.ts';
import { mergeNodeConfig } from './merge-node-config.ts';
import type { ParseCache } from './parse-cache.ts';
import { type ParsedFiles, parseFiles } from './parse-files.ts';
import { readText } from './read-text.ts';
import { sortProblems } from './render-problem.ts';
import { settingPlaces } from './setting-places.ts';
import type { FileInput } from './steps.ts';
import { inSlices } from './turn.ts';
import { PathWatcher } from './watch-paths.ts';

export interface FileSourceOptions {
  /** Files and directories, as given with `-c`. */
  readonly paths: readonly string[];
  /** Name of this node where no NodeConfig sets one. */
  readonly nodeName: string;
  /** Who leads, whatever a NodeConfig says: `--election`. */
  readonly election?: NodeConfig['election']['mode'] | null;
  /** Remembers when an object without `creationTimestamp` was first seen. */
  readonly store: Pick<StateStore, 'firstSeen'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  /** The box's own addresses, without those that delivery added; where given, asking for one is listed as an error. */
  readonly ownAddresses?: () => readonly string[];
  /** For a process that lives on: parse in a worker however little there is, so that no parser stays in memory. */
  readonly alwaysInWorker?: boolean;
  /** What the same texts yielded before. */
  readonly cache?: ParseCache | null;
}

/** Reading a larger result back would hold up the main thread as long as a slice of parsing may. */
const mostCachedBytes = 1024 * 1024;

export class FileSource implements Source {
  private readonly options: FileSourceOptions;
  private readonly watcher: PathWatcher;

  constructor(options: FileSourceOptions) {
    this.options = options;
    this.watcher = new PathWatcher(options.paths);
  }

  /** Reads everything anew. Nothing of it counts when there is a document error. */
  async load(): Promise<LoadResult> {
    await this.watcher.remember();
    const found = await findFiles(this.options.paths);
    if (found.vanished) return { ok: false, problems: found.problems, vanished: true };
    const bytes = found.files.reduce((sum, file) => sum + file.bytes, 0);
    return this.loadInputs(found.files, bytes, found.problems);
  }

  /** The same from texts that were kept: "last applied" after a start with an unusable configuration. */
  loadFromDocuments(documents: readonly { readonly file: string; readonly text: string }[]): Promise<LoadResult> {
    const bytes = documents.reduce((sum, { text }) => sum + text.length, 0);
    return this.loadInputs(
      documents.map(({ file, text }) => ({ path: file, text })),
      bytes,
      [],
    );
  }

  watch(onChange: () => void): void {
    this.watcher.start(onChange);
  }

  close(): void {
    this.watcher.stop();
  }

  private async loadInputs(
    inputs: readonly FileInput[],
    bytes: number,
    found: readonly ConfigProblem[],
  ): Promise<LoadResult> {
    const { parsed, keep } = await this.parse(inputs, bytes);
    const { objects } = parsed;
    const problems = [...found, ...parsed.problems, ...(await findDuplicates(objects))];
    if (isRefused(problems)) return { ok: false, problems: sortProblems(problems), vanished: false };
    // From here on the load counts: a refused one must leave no trace in the store.
    keep();
    await this.setAges(objects);
    const { nodeConfig, nodeConfigFields, ...lists } = byKind(objects);
    const own = await findOwnAddresses(lists.pools, lists.services, this.options.ownAddresses?.() ?? []);
    const config = this.config(nodeConfig);
    const groups = await findGroups(lists.policies, lists.services, config);
    const hook = findHookFault(nodeConfig, nodeConfigFields);
    return {
      ok: true,
      inputs: lists,
      config,
      problems: sortProblems([...problems, ...findOverlaps(lists.pools), ...own, ...groups.problems, ...hook]),
      documents: parsed.documents,
      skipped: skippedLines(parsed.skipped),
      settingPlaces: settingPlaces(nodeConfig, nodeConfigFields),
    };
  }

  private config(spec: ReturnType<typeof byKind>['nodeConfig']): NodeConfig {
    const { nodeName, election } = this.options;
    const defaults = defaultNodeConfig(nodeName);
    const config = spec ? mergeNodeConfig(defaults, spec) : defaults;
    return election ? { ...config, election: { ...config.election, mode: election } } : config;
  }

  /** `keep` writes the result down for the next time. */
  private async parse(inputs: readonly FileInput[], bytes: number): Promise<{ parsed: ParsedFiles; keep: () => void }> {
    const { cache, alwaysInWorker } = this.options;
    const inlineBelow = alwaysInWorker ? 0 : undefined;
    const texts = cache && bytes <= mostCachedBytes ? textsOf(inputs) : null;
    if (!cache || !texts) return { parsed: await parseFiles(inputs, bytes, inlineBelow), keep: () => {} };
    const known = cache.read(texts);
    if (known)
      return { parsed: { ...known, documents: texts.map(({ path, text }) => ({ file: path, text })) }, keep: () => {} };
    const parsed = await parseFiles(texts, bytes, inlineBelow);
    return { parsed, keep: () => cache.write(texts, parsed) };
  }

  /** Ages of objects without `creationTimestamp`: when they were first seen; seen in one load = equally old. */
  private async setAges(objects: readonly ManifestObject[]): Promise<void> {
    const nowMs = this.options.clock.wallMs();
    await inSlices(objects, (slice) => {
      const ageless = slice.filter((object) => !object.hasCreationTimestamp && object.kind !== 'NodeConfig');
      const seen = this.options.store.firstSeen(ageless.map(objectKey), nowMs);
      for (const object of ageless) setCreated(object, seen.get(objectKey(object)) ?? nowMs);
    });
  }
}

/** Null when one of them cannot be read: parsing tells why. */
function textsOf(inputs: readonly FileInput[]): readonly Required<FileInput>[] | null {
  const texts: Required<FileInput>[] = [];
  for (const { path, text } of inputs) {
    const read = text === undefined ? readText(path) : { text };
    if ('problem' in read) return null;
    texts.push({ path, text: read.text });
  }
  return texts;
}

/** In place: nobody else has the object yet, and a copy of 50,000 would be felt. */
function setCreated(object: ManifestObject, createdMs: number): void {
  Object.assign(object.resource, { createdMs });
}

function isRefused(problems: readonly ConfigProblem[]): boolean {
  return problems.some(({ scope, severity }) => scope === 'document' && severity === 'error');
}

/** One line for each kind that is not ours. */
export function skippedLines(skipped: ReadonlyMap<string, number>): string[] {
  return [...skipped].map(([kind, count]) => `${count} of kind ${kind} skipped`);
}
