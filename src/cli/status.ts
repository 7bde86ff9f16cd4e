// `status`: how things are, on a few lines; exit 1 with a critical problem or a configuration that was refused.
import { controlClient } from '#control/client.ts';
import { durationText } from '#control/duration-text.ts';
import type { ProblemItem } from '#control/list-items.ts';
import type { StatusAnswer } from '#control/protocol.ts';
import type { PeerCounts } from '#control/status-parts.ts';
import { asciiJson } from '#control/stream-list.ts';
import { resumeStream } from '#control/stream-resume.ts';
import { safeText } from '#model/safe-text.ts';
import type { StatusOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportEnd, reportFailure } from './failure.ts';
import { type Glyphs, glyphs } from './glyphs.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';
import { resyncText } from './resync-text.ts';
import { problemLines } from './status-problems.ts';

export async function status(options: StatusOptions, output: Output): Promise<number> {
  if (options.watch) return await watch(options, output);
  const answer = await controlClient(options.socket, options.timeoutMs).status();
  if (!answer.ok) return reportFailure(answer.failure, output);
  show(answer.value, options, output);
  return isBad(answer.value) ? exitCode.found : exitCode.clean;
}

/** Prints again whenever something changes, clocks and counters aside. @returns when the daemon goes away. */
async function watch(options: StatusOptions, output: Output): Promise<number> {
  const { socket, timeoutMs } = options;
  const stream = resumeStream({ socket, kinds: ['status'], timeoutMs });
  let isFirst = true;
  for (;;) {
    const next = await stream.next();
    if (next.done) return reportEnd(next.value, output);
    const line = next.value;
    if (line.type === 'RESYNC') output.note(resyncText(line));
    if ('object' in line && line.type !== 'DELETED') {
      show(line.object as StatusAnswer, options, output, isFirst ? 'ADDED' : 'MODIFIED');
      isFirst = false;
    }
    if (!output.open) return exitCode.clean;
  }
}

function isBad({ state, configValid, problems }: StatusAnswer): boolean {
  return state === 'critical' || !configValid || problems.some(({ code }) => code === 'STALE-CFG');
}

/** `type`: of a line of a watch. */
function show(answer: StatusAnswer, options: StatusOptions, output: Output, type?: 'ADDED' | 'MODIFIED'): void {
  if (options.output === 'jsonl') output.data(`${asciiJson(type ? { type, object: answer } : answer)}\n`);
  else if (options.output === 'json') printJson(answer, output);
  else if (options.brief) output.data(`${briefText(answer)}\n`);
  else output.data(statusText(answer, glyphs(output.isTty, process.env)));
}

function count({ problems }: StatusAnswer, severity: ProblemItem['severity']): number {
  return problems.filter((problem) => problem.severity === severity).length;
}

/** One line of `name=value` for a monitoring system. */
export function briefText(answer: StatusAnswer): string {
  const { vips, interfaces } = answer;
  const captures = interfaces.every(({ capture }) => capture === 'open') ? 'ok' : 'failed';
  return [
    answer.state.toUpperCase(),
    `node=${safeText(answer.node)}`,
    `crit=${count(answer, 'critical')}`,
    `warn=${count(answer, 'warning')}`,
    `vips=${vips.total}`,
    `here=${vips.here}`,
    `nobody=${vips.nobody}`,
    `dup=${answer.problems.filter(({ code }) => code === 'DUP').length}`,
    ...(answer.peers.known > 0 ? [`peers=${answer.peers.heard + 1}/${answer.peers.known + 1}`] : []),
    `config=${answer.generation}/${configWord(answer)}`,
    `capture=${interfaces.length === 0 ? 'none' : captures}`,
  ].join(' ');
}

/** `changed`: newer files wait for `lanlord reload`; it ends with 0 all the same, since somebody wanted it so. */
function configWord({ configValid, disk }: StatusAnswer): string {
  if (!configValid) return 'stale';
  return disk === 'changed' ? 'changed' : 'ok';
}

/** Several lines for people, the worst problems first below them. */
export function statusText(answer: StatusAnswer, signs: Glyphs): string {
  const { node, state, vips, interfaces, pools, problems } = answer;
  const counts = [
    [count(answer, 'critical'), 'critical'],
    [count(answer, 'warning'), plural(count(answer, 'warning'), 'warning')],
    [count(answer, 'info'), plural(count(answer, 'info'), 'note')],
  ] as const;
  const found = counts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const lines = [
    `${node}  ${state.toUpperCase()}  ${found.join(', ') || 'no problems'}  up ${durationText(answer.uptimeSeconds)}  lanlord ${answer.version}`,
    `capture   ${interfaces.map(linkText).join('  ') || 'no interface is selected by a policy'}`,
    `config    #${answer.generation} ${answer.configValid ? 'ok' : 'STALE: the files were refused, the last good ones run'}  loaded ${answer.loadedAt.slice(0, 19)}Z from ${answer.paths.join(' ')}${diskText(answer)}`,
    `vips      ${vips.total}: ${vips.here} here, ${vips.peers} on peers, ${vips.claiming} claiming, ${vips.nobody} nobody`,
    ...(answer.peers.known > 0 ? [peersText(answer.peers)] : []),
    `pools     ${pools.map(({ name, used, total }) => `${name} ${used}/${total}`).join('  ') || 'none'}`,
    ...problemLines(problems, signs),
  ];
  return lines.map((line) => `${safeText(line)}\n`).join('');
}

/** Refused files are told before. */
function diskText({ disk }: StatusAnswer): string {
  if (disk === 'same') return '  disk: same';
  return disk === 'changed' ? '  disk: CHANGED since, not loaded (lanlord reload)' : '';
}

/** Counts this box, as the header of the user interface does: of three boxes that all live, 3/3. */
function peersText({ known, heard, names, absent = [] }: PeerCounts): string {
  const each = [
    ...names.map((name) => `${name} ok`),
    ...absent.map(({ node, state }) => `${node} ${state === 'lost' ? 'LOST' : state}`),
  ];
  return `peers     ${heard + 1}/${known + 1}: this box  ${each.join('  ')}`;
}

function plural(number: number, word: string): string {
  return number === 1 ? word : `${word}s`;
}

function linkText({ name, capture, up, carrier, detail }: StatusAnswer['interfaces'][number]): string {
  if (capture !== 'open') return `${name} ${capture.toUpperCase()}${detail === '' ? '' : ` (${detail})`}`;
  return up && carrier ? `${name} ok` : `${name} no carrier`;
}
