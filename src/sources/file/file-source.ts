// The declared state in manifest files and directories.
import { defaultNodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { Clock, LoadResult, Source, StateStore } from '#ports.ts';
import { checkObjects } from './check-objects.ts';
import { findFiles } from './find-files.ts';
import { type ManifestObject, objectKey } from './manifest-object.ts';
import { mergeNodeConfig } from './merge-node-config.ts';
import type { ParsedFiles } from './parse-files.ts';
import { parseFiles } from './parse-files.ts';
import { byKind } from './parse-manifests.ts';
import { sortProblems } from './render-problem.ts';
import type { FileInput } from './steps.ts';
import { inSlices } from './turn.ts';
import { PathWatcher } from './watch-paths.ts';

export interface FileSourceOptions {
  /** Files and directories, as given with `-c`. */
  readonly paths: readonly string[];
  /** Name of this node where no NodeConfig sets one. */
  readonly nodeName: string;
  /** Remembers when an object without `creationTimestamp` was first seen. */
  readonly store: Pick<StateStore, 'firstSeen'>;
  readonly clock: Pick<Clock, 'wallMs'>;
}

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
    const parsed = await parseFiles(inputs, bytes);
    const objects = await this.withAges(parsed);
    const problems = sortProblems([...found, ...parsed.problems, ...(await checkObjects(objects))]);
    if (isRefused(problems)) return { ok: false, problems, vanished: false };
    const { nodeConfig, ...lists } = byKind(objects);
    const defaults = defaultNodeConfig(this.options.nodeName);
    return {
      ok: true,
      inputs: lists,
      config: nodeConfig ? mergeNodeConfig(defaults, nodeConfig) : defaults,
      problems,
      documents: parsed.documents,
      skipped: skippedLines(parsed.skipped),
    };
  }

  /** Ages of objects without `creationTimestamp`: when they were first seen; seen in one load = equally old. */
  private async withAges(parsed: ParsedFiles): Promise<readonly ManifestObject[]> {
    // A load that is refused must leave no trace.
    if (isRefused(parsed.problems)) return parsed.objects;
    const nowMs = this.options.clock.wallMs();
    const objects: ManifestObject[] = [];
    await inSlices(parsed.objects, (slice) => {
      const ageless = slice.filter((object) => !object.hasCreationTimestamp && object.kind !== 'NodeConfig');
      const seen = this.options.store.firstSeen(ageless.map(objectKey), nowMs);
      for (const object of slice) objects.push(aged(object, seen.get(objectKey(object)) ?? nowMs));
    });
    return objects;
  }
}

function aged(object: ManifestObject, createdMs: number): ManifestObject {
  if (object.hasCreationTimestamp || object.kind === 'NodeConfig') return object;
  return { ...object, resource: { ...object.resource, createdMs } } as ManifestObject;
}

function isRefused(problems: readonly ConfigProblem[]): boolean {
  return problems.some(({ scope, severity }) => scope === 'document' && severity === 'error');
}

/** One line for each kind that is not ours. */
export function skippedLines(skipped: ReadonlyMap<string, number>): string[] {
  return [...skipped].map(([kind, count]) => `${count} of kind ${kind} skipped`);
}
