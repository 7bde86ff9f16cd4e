// Whether the sockets of the command line can be had: asked before anything is announced.
import { paths } from '#control/protocol.ts';
import { claimSocket } from '#control/socket-file.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { controlSettings } from './control-settings.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { refused } from './refused.ts';
import type { RunOptions } from './run-options.ts';

/**
 * Null when nothing is in the way, else the exit code, with its reason said. Without `--socket` the configuration may
 * name other places than the default ones, so nothing can be said yet; the lock on the state directory comes first then.
 */
export async function socketObstacle(options: RunOptions, output: Output): Promise<number | null> {
  if (options.socket === null) return null;
  const { socket, adminSocket } = controlSettings(options, defaultNodeConfig('').control);
  for (const path of [socket, adminSocket]) {
    const claim = await claimSocket(path, paths.status);
    if (claim.ok) continue;
    if (claim.code === 'in_use') return refused(output, `socket "${path}"`, claim.pid);
    output.note(`lanlord: Cannot listen on "${path}": ${claim.message}`);
    return exitCode.denied;
  }
  return null;
}
