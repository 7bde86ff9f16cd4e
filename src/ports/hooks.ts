// The way out to a program of the operator's.

export interface HookRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** After this long the program, and what it started, is killed. */
  readonly timeoutMs: number;
}

/** Runs a program to its end; what went wrong, for people, or null. Never rejects. */
export type RunHook = (run: HookRun) => Promise<string | null>;
