// Offline validation of manifests: everything that can be said without running.
import { defaultNodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import { byKind } from './by-kind.ts';
import { findGroups, type GroupMapEntry } from './check-groups.ts';
import { findHookFault } from './check-hook.ts';
import { findDuplicates } from './check-identity.ts';
import { findKeyFault } from './check-key-file.ts';
import { findOverlaps } from './check-overlap.ts';
import { findOwnAddresses } from './check-own-address.ts';
import { skippedLines } from './file-source.ts';
import { findFiles } from './find-files.ts';
import { mergeNodeConfig } from './merge-node-config.ts';
import { parseFiles } from './parse-files.ts';
import { sortProblems } from './render-problem.ts';

export interface CheckResult {
  /** Document and object problems, by file and place. */
  readonly problems: readonly ConfigProblem[];
  readonly files: readonly string[];
  /** Number of documents that could be read. */
  readonly documents: number;
  /** One line for each kind that is not ours. */
  readonly skipped: readonly string[];
  /** Who has which virtual router ids, with `election.mode: vrrp`. */
  readonly groups: readonly GroupMapEntry[];
  /** Texts of the files by path, for `renderProblems`. */
  readonly texts: ReadonlyMap<string, string>;
}

/** `ownAddresses`: of the box that the manifests are for, when that is known. */
export async function checkPaths(paths: readonly string[], ownAddresses: readonly string[] = []): Promise<CheckResult> {
  const found = await findFiles(paths);
  const bytes = found.files.reduce((sum, file) => sum + file.bytes, 0);
  const parsed = await parseFiles(found.files, bytes);
  const { pools, policies, services, nodeConfig, nodeConfigFields } = byKind(parsed.objects);
  const defaults = defaultNodeConfig('');
  const config = nodeConfig ? mergeNodeConfig(defaults, nodeConfig) : defaults;
  const groups = await findGroups(policies, services, config);
  const problems = [
    ...found.problems,
    ...parsed.problems,
    ...(await findDuplicates(parsed.objects)),
    ...findOverlaps(pools),
    ...(await findOwnAddresses(pools, services, ownAddresses)),
    ...groups.problems,
    ...findHookFault(nodeConfig, nodeConfigFields),
    ...findKeyFault(nodeConfig, nodeConfigFields),
  ];
  return {
    problems: sortProblems(problems),
    files: found.files.map(({ path }) => path),
    documents: parsed.count,
    skipped: skippedLines(parsed.skipped),
    groups: groups.map,
    texts: new Map(parsed.documents.map(({ file, text }) => [file, text])),
  };
}

/** `3 files, 9 documents, 4 errors, 1 warning`. */
export function summarize({ problems, files, documents }: CheckResult): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = [
    counted(files.length, 'file'),
    counted(documents, 'document'),
    counted(errors, 'error'),
    counted(problems.length - errors, 'warning'),
  ];
  return counts.join(', ');
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
