// Entry: parses the command line, loads the one command that was asked for, and maps its end to an exit code.

import type { Actions } from '#cli/actions.ts';
import { socketVariable } from '#cli/command-options.ts';
import { CrashGuard } from '#cli/crash-guard.ts';
import { exitCode } from '#cli/exit-code.ts';
import { processOutput } from '#cli/output.ts';
import { runProgram } from '#cli/program.ts';
import { usualCommand } from '#cli/usual-command.ts';
import { hasReader } from '#native/linux/pipe-reader.ts';

const output = processOutput(hasReader);
const guard = new CrashGuard({
  note: (text) => output.note(text),
  exit: (code) => process.exit(code),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});
const interrupted = () => process.exit(exitCode.interrupted);

// Every command is loaded when it is called, so that the daemon holds nothing of its clients.
const actions: Actions = {
  run: async (options) => {
    process.off('SIGINT', interrupted);
    if (options.ui) return (await import('#cli/ui.ts')).runWithUi(options, output);
    return (await import('#cli/run.ts')).run(options, output, guard);
  },
  demo: async () => {
    process.off('SIGINT', interrupted);
    return (await import('#cli/demo.ts')).demo(output);
  },
  ui: async (options) => {
    process.off('SIGINT', interrupted);
    return (await import('#cli/ui.ts')).ui(options, output);
  },
  status: async (options) => (await import('#cli/status.ts')).status(options, output),
  get: async (options) => (await import('#cli/get.ts')).get(options, output),
  events: async (options) => (await import('#cli/history.ts')).events(options, output),
  history: async (options) => (await import('#cli/history.ts')).history(options, output),
  traffic: async (options) => (await import('#cli/traffic.ts')).traffic(options, output),
  explain: async (options) => (await import('#cli/explain.ts')).explain(options, output),
  whoHas: async (options) => (await import('#cli/who-has.ts')).whoHas(options, output),
  clients: async (options) => (await import('#cli/clients.ts')).clients(options, output),
  check: async (options) => (await import('#cli/check.ts')).check(options, output),
  plan: async (options) => (await import('#cli/plan.ts')).plan(options, output),
  reload: async (options) => (await import('#cli/reload.ts')).reload(options, output),
  schema: async (options) => (await import('#cli/schema.ts')).schema(options, output),
  configShow: async (options) => (await import('#cli/config.ts')).configShow(options, output),
  configHistory: async (options) => (await import('#cli/config.ts')).configHistory(options, output),
  announce: async (options) => (await import('#cli/act.ts')).move('announce', options, output),
  failover: async (options) => (await import('#cli/act.ts')).move('failover', options, output),
  drain: async (options) => (await import('#cli/act.ts')).drain('drain', options, output),
  undrain: async (options) => (await import('#cli/act.ts')).drain('undrain', options, output),
  capture: async (options) => {
    process.off('SIGINT', interrupted);
    return (await import('#cli/capture.ts')).capture(options, output);
  },
  doctor: async (options) => (await import('#cli/doctor.ts')).doctor(options, output),
  version: async (form) => (await import('#cli/version.ts')).version(form, output),
};

process.on('uncaughtException', guard.fail);
process.on('unhandledRejection', guard.fail);

// Empty is as good as not set, as for other programs.
if (process.env[socketVariable] === '') delete process.env[socketVariable];

const argv = process.argv.slice(2);
const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
process.on('SIGINT', interrupted);
try {
  const code = await runProgram(argv, actions, output, usualCommand(process.env, isTerminal));
  process.exit(guard.codeOf(output.isCut && code === exitCode.clean ? exitCode.found : code));
} catch (error) {
  guard.fail(error);
}
