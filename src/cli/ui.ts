// Entry of `lanlord ui` and `lanlord run --ui`: looks whether the terminal can be used, then hands it to the interface.
import { constants } from 'node:os';
import type { UiEnd } from '#tui/app/start-ui.ts';
import { chooseLook, type Look, obstacle } from '#tui/text/terminal-look.ts';
import type { UiOptions } from './actions.ts';
import { DaemonChild } from './daemon-child.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { ownCommand } from './own-command.ts';
import { defaultSocket, type RunOptions } from './run-options.ts';

const answerTimeoutMs = 5000;

/** @returns 0 after leaving by key, 2 where no screen can be drawn, 128 and its number after a signal. */
export async function ui(options: UiOptions, output: Output): Promise<number> {
  const look = terminalLook(options, output);
  if (look === null) return exitCode.usage;
  // Loaded only now: ink looks at the terminal when it is loaded.
  const { startUi } = await import('#tui/app/start-ui.ts');
  const { socket, timeoutMs } = options;
  return codeOf(
    await startUi({ socket, timeoutMs, look, program: ownCommand(), writable: options.writable, daemon: null }),
  );
}

/** The look of this terminal; null, and said why, when it has none. */
function terminalLook(wishes: Pick<UiOptions, 'ascii' | 'theme'>, output: Output): Look | null {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const reason = obstacle(process.env, isTerminal);
  const look = reason ?? chooseLook(process.env, wishes);
  if (typeof look !== 'string') return look;
  output.note(`lanlord: ${look}`);
  return null;
}

function codeOf(end: UiEnd): number {
  return end === 'quit' ? exitCode.clean : 128 + constants.signals[end];
}

/** The daemon as a child, the interface in front of it; leaving stops both. @returns what the daemon ended with. */
export async function runWithUi(options: RunOptions, output: Output): Promise<number> {
  const look = terminalLook({ ascii: false, theme: null }, output);
  if (look === null) return exitCode.usage;
  const socket = options.socket ?? defaultSocket;
  const daemon = startDaemon(options, socket, output);
  if (daemon === null) return exitCode.denied;
  // However this process ends, its daemon does not stay behind without anybody who knows of it.
  const askToStop = () => daemon.askToStop();
  process.on('exit', askToStop);
  const interrupted = () => process.exit(exitCode.interrupted);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  output.note(`lanlord: starting the daemon; its log: ${daemon.log}`);
  if (!(await daemon.ready())) {
    for (const line of daemon.lastLines()) output.note(line);
    return (await daemon.stop()) ?? exitCode.internal;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted);
  const { startUi } = await import('#tui/app/start-ui.ts');
  const end = await startUi({
    socket,
    timeoutMs: answerTimeoutMs,
    look,
    program: ownCommand(),
    writable: false,
    daemon,
  });
  output.note('lanlord: stopping the daemon');
  const code = await daemon.stop();
  if (code === null) output.note(`lanlord: the daemon has not ended yet; its log: ${daemon.log}`);
  return end === 'quit' ? (code ?? exitCode.timeout) : codeOf(end);
}

function startDaemon(options: RunOptions, socket: string, output: Output): DaemonChild | null {
  try {
    return new DaemonChild(options, socket);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    output.note(`lanlord: Cannot write the daemon's log in "${options.state}": ${code ?? message}`);
    return null;
  }
}
