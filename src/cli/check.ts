// `check`: validates manifests without a daemon and without privileges.
import { apiVersion } from '#control/protocol.ts';
import { idsText } from '#core/virtual-router-ids.ts';
import { safeText } from '#model/safe-text.ts';
import { type CheckResult, checkPaths, summarize } from '#sources/file/check.ts';
import { renderProblems } from '#sources/file/render-problem.ts';
import type { CheckOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

/** @returns 0 without errors, also with warnings; 1 with errors. */
export async function check({ paths, output: form }: CheckOptions, output: Output): Promise<number> {
  const result = await checkPaths(paths);
  if (form === 'json') printJson(checkAnswer(result), output);
  else {
    if (result.problems.length > 0) output.data(`${renderProblems(result.problems, result.texts)}\n`);
    if (result.groups.length > 0) output.data(`${groupLines(result.groups)}\n`);
    for (const line of result.skipped) output.note(safeText(line));
    output.data(`${summarize(result)}\n`);
  }
  return result.problems.some(({ severity }) => severity === 'error') ? exitCode.found : exitCode.clean;
}

/** Who has which virtual router ids. */
function groupLines(groups: CheckResult['groups']): string {
  const lines = groups.map(({ policies, ids, services, pinned }) => {
    const own = pinned.length > 0 ? `, pinned by services: ${pinned.join(', ')}` : '';
    return `  ${safeText(policies.join(', '))}: ${idsText(ids)} (${services} ${services === 1 ? 'service' : 'services'})${own}`;
  });
  return ['virtual router ids by policy', ...lines].join('\n');
}

function checkAnswer({ problems, files, documents, groups }: CheckResult) {
  return {
    apiVersion,
    kind: 'Check',
    generatedAt: new Date().toISOString(),
    files,
    documents,
    groups,
    problems: problems.map(({ file, line, column, severity, code, message, hint }) => ({
      file,
      line,
      column,
      severity,
      code,
      message,
      hint,
    })),
  };
}
