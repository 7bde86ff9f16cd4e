// Where the daemon's sockets are: the command line before the configuration.
import { adminSocketBeside } from '#control/protocol.ts';
import type { NodeConfig } from '#model/node-config.ts';

/** With `--socket`, the admin socket lies beside it: clients look for it there. */
export function controlSettings(
  options: { readonly socket: string | null },
  configured: NodeConfig['control'],
): NodeConfig['control'] {
  if (options.socket === null) return configured;
  return { ...configured, socket: options.socket, adminSocket: adminSocketBeside(options.socket) };
}
