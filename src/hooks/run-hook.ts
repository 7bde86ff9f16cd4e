// Runs the operator's hook: no shell, a clean environment, killed with everything it started when it takes too long.
import { spawn } from 'node:child_process';
import type { HookRun } from '#ports/hooks.ts';

/** What a program says on the way to failing; more is cut off. */
const mostSaid = 500;

/** `fault`: why a file must not be run, or null; asked before each run, since files change. */
export function hookRunner(fault: (program: string) => string | null): (run: HookRun) => Promise<string | null> {
  return (run) => {
    const refused = fault(run.program);
    if (refused !== null) return Promise.resolve(`not run: ${refused}`);
    // Some of what the system refuses is thrown and not emitted: too many files or processes, odd arguments.
    return start(run).catch((error) => `cannot be run: ${error instanceof Error ? error.message : String(error)}`);
  };
}

function start({ program, args, stdin, timeoutMs }: HookRun): Promise<string | null> {
  return new Promise((resolve) => {
    // A process group of its own, so that what it started can be killed with it. Secrets of our environment stay here.
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
    const child = spawn(program, args, { cwd: '/', detached: true, env, stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill(child.pid);
    }, timeoutMs);
    const end = (text: string | null) => {
      clearTimeout(timer);
      resolve(text);
    };
    child.stderr.on('data', (data: Buffer) => {
      if (said.length < mostSaid) said = `${said}${data}`.slice(0, mostSaid);
    });
    child.once('error', (error) => end(`cannot be run: ${error.message}`));
    // `exit`, not `close`: a program may leave something running that holds its standard error open.
    child.once('exit', (code, signal) => {
      if (isLate) end(`killed after ${timeoutMs / 1000} s`);
      else if (code === 0) end(null);
      else end(`${code === null ? `ended by ${signal}` : `exit code ${code}`}${said === '' ? '' : `: ${said.trim()}`}`);
    });
    // A hook need not read what it is told.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
