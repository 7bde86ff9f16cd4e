// What the command line says to `run`; everything it leaves open comes from the NodeConfig.

export interface RunOptions {
  /** `-c`: files and directories, in the order given; `/etc/lanlord` when none is given. */
  readonly paths: readonly string[];
  readonly source: 'file';
  /** `--node`; null: `spec.node.name` of the NodeConfig, else the host name. */
  readonly node: string | null;
  /** `--socket` or LANLORD_SOCKET; null: `spec.control.socket` of the NodeConfig. */
  readonly socket: string | null;
  /** The variable of the environment that says `socket`; null: `--socket` does, or nothing. */
  readonly socketVariable: string | null;
  /** `--state`: directory of the state store. */
  readonly state: string;
  /** `--election`; null: `spec.election.mode` of the NodeConfig. */
  readonly election: 'solo' | 'vrrp' | 'lease' | null;
  readonly logFormat: 'text' | 'json';
  /** Refuse to start with an unusable configuration instead of taking the last applied one. */
  readonly strictConfig: boolean;
  /** `--ui`: the daemon as a child, the terminal interface in front of it. */
  readonly ui: boolean;
}

export const defaultConfigPath = '/etc/lanlord';
export const defaultStateDirectory = '/var/lib/lanlord';
export const defaultSocket = '/run/lanlord/lanlord.sock';
