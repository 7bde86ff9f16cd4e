// Names, options and help of the commands for shells and editors.
import { type Command, InvalidArgumentError } from 'commander';
import type { Actions } from './actions.ts';
import { type Finish, outputOption, socketOption, twoForms, withExamples } from './command-options.ts';
import { complete, daemonNames } from './complete.ts';
import { completeCommand, completionScripts, type Shell, shells } from './completion-scripts.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

export function declareTools(program: Command, { schema }: Actions, output: Output, finish: Finish): void {
  program.commandsGroup('Shells and editors:');
  withExamples(
    program.command('completion'),
    'eval "$(lanlord completion bash)"',
    'lanlord completion bash > /usr/share/bash-completion/completions/lanlord',
    'lanlord completion fish | source',
  )
    .description('a script that makes a shell complete commands, options and names of what runs')
    .argument('<shell>', shells.join(', '), shellOf)
    .action((shell: Shell) => {
      output.data(completionScripts[shell]);
    });
  withExamples(
    program.command('schema'),
    'lanlord schema > /usr/share/lanlord/schema.json',
    'lanlord schema CiliumLoadBalancerIPPool.spec',
  )
    .description('the JSON Schema of manifests, for editors; with a kind, its fields')
    .argument('[kind]', 'a kind, or a field of it such as NodeConfig.spec.announce')
    .addOption(outputOption(twoForms))
    .action((path: string | undefined, { output: form }: { output: 'table' | 'json' }) =>
      finish(schema({ path: path ?? null, output: form })),
    );
  program
    .enablePositionalOptions()
    .command(completeCommand, { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .addOption(socketOption().default('/run/lanlord/lanlord.sock').hideHelp())
    .helpOption(false)
    .passThroughOptions()
    .action((words: string[], { socket }: { socket: string }) =>
      finish(
        complete(program, words, daemonNames(socketIn(words) ?? socket)).then((found) => {
          output.data(found.map(({ word, meaning }) => `${word}\t${meaning}\n`).join(''));
          return exitCode.clean;
        }),
      ),
    );
}

function shellOf(text: string): Shell {
  const shell = shells.find((name) => name === text);
  if (!shell) throw new InvalidArgumentError(`One of ${shells.join(', ')}.`);
  return shell;
}

/** The socket that the line names which is being completed. */
function socketIn(words: readonly string[]): string | null {
  const at = words.indexOf('--socket');
  return at < 0 ? null : (words[at + 1] ?? null);
}
