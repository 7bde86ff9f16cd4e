// `config show` and `config history`: the settings that run, and what happened to the configuration.
import { controlClient } from '#control/client.ts';
import type { ConfigAnswer } from '#control/config-answer.ts';
import { specOf } from '#control/config-answer.ts';
import type { ConfigShowOptions, ListOptions } from './actions.ts';
import { configText } from './config-text.ts';
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
  else output.data(configText(answer.value, width(output)));
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
