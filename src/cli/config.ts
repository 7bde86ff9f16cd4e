// `config show` and `config history`: the settings that run, and what happened to the configuration.
import { controlClient } from '#control/client.ts';
import type { ConfigAnswer, Setting } from '#control/config-answer.ts';
import { specOf } from '#control/config-answer.ts';
import { tableText } from '#control/table-text.ts';
import { safeText } from '#model/safe-text.ts';
import type { ConfigShowOptions, ListOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { list } from './list.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

export async function configHistory(options: ListOptions, output: Output): Promise<number> {
  return await list('generations', options, output);
}

export async function configShow(options: ConfigShowOptions, output: Output): Promise<number> {
  const answer = await controlClient(options.socket, options.timeoutMs).config();
  if (!answer.ok) return reportFailure(answer.failure, output);
  if (options.output === 'json') printJson(answer.value, output);
  else if (options.output === 'yaml') output.data(await manifest(answer.value));
  else output.data(configText(answer.value, options.output === 'wide' ? null : width(output)));
  return exitCode.clean;
}

function width(output: Output): number | null {
  return output.isTty ? (process.stdout.columns ?? null) : null;
}

/** A NodeConfig with every field: what runs, to be edited. */
async function manifest({ settings }: ConfigAnswer): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify({ apiVersion: 'lanlord.dev/v1', kind: 'NodeConfig', spec: specOf(settings) }, { lineWidth: 0 });
}

const columns = [
  { header: 'SETTING', value: ({ path }: Setting) => path },
  { header: 'VALUE', value: ({ value }: Setting) => valueText(value) },
  { header: 'ORIGIN', value: originText },
];

/** `default`, the option or variable, or the place in a file. */
function originText({ origin, by, file, line, column }: Setting): string {
  if (by !== '') return by;
  return file === null ? origin : `${file}:${line}:${column}`;
}

function configText(answer: ConfigAnswer, maxWidth: number | null): string {
  const { generation, configValid, loadedAt, paths, objects, settings, options = [] } = answer;
  const counts = Object.entries(objects).map(([kind, count]) => `${kind} ${count}`);
  const lines = [
    `config    #${generation}${configValid ? '' : ' STALE: the files were refused'}  loaded ${loadedAt.slice(0, 19)}Z from ${paths.join(' ')}`,
    `objects   ${counts.join('  ')}`,
    ...(options.length > 0 ? [`options   ${options.map(optionText).join('  ')}`] : []),
  ];
  const table = tableText(columns, settings, Date.parse(answer.generatedAt), { wide: true, maxWidth });
  return `${lines.map((line) => `${safeText(line)}\n`).join('')}${table}`;
}

function optionText({ path, value, by, origin }: ConfigAnswer['options'][number]): string {
  return `${path} ${valueText(value)} (${by || origin})`;
}

function valueText(value: Setting['value']): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
