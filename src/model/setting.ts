// Settings of a daemon as people see them: a path, a value, and who said it.

export type SettingValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** A setting that the command line or the environment of the daemon makes, before any file; or an option of `run` alone. */
export interface GivenSetting {
  /** As in a NodeConfig, `election.mode`. */
  readonly path: string;
  readonly value: SettingValue;
  /** `--election`, or the name of a variable of the environment; empty with the origin `default`. */
  readonly by: string;
  readonly origin: 'command line' | 'environment' | 'default';
}
