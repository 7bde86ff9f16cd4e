// What happened to the configuration, as entries of the journal: `config history` is made of them.
import { type Cause, callerFields, callerText, noCause } from '#model/control-action.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import type { Clock } from '#ports.ts';
import type { Chronicle } from './chronicle.ts';
import type { ActiveConfig, Refusal } from './configuration.ts';
import { refusalText } from './reload-outcome.ts';

interface ConfigEvent {
  readonly kind: 'daemon.started' | 'config.applied' | 'config.refused';
  readonly message: string;
  readonly cause: Cause;
  /** The one that runs from now on. */
  readonly generation: number;
  readonly problems: readonly ConfigProblem[];
}

export class ConfigChronicle {
  readonly #chronicle: Chronicle;
  readonly #clock: Clock;
  /** The `-c` paths. */
  readonly #paths: readonly string[];

  constructor(chronicle: Chronicle, { clock, paths }: { readonly clock: Clock; readonly paths: readonly string[] }) {
    this.#chronicle = chronicle;
    this.#clock = clock;
    this.#paths = paths;
  }

  started({ generation, problems }: ActiveConfig): void {
    const message = `Started with generation ${generation}`;
    this.#record({ kind: 'daemon.started', message, cause: noCause('start'), generation, problems });
  }

  applied({ generation, problems, message: what }: ReloadOutcome, cause: Cause): void {
    const by = callerText(cause.by);
    const message = `${what} (${cause.text}${by === '' ? '' : ` by ${by}`})`;
    this.#record({ kind: 'config.applied', message, cause, generation, problems });
  }

  refused(refusal: Refusal, cause: Cause, generation: number): void {
    const message = `Configuration refused: ${refusalText(refusal)}`;
    this.#record({ kind: 'config.refused', message, cause, generation, problems: refusal.problems });
  }

  #record({ kind, message, cause, generation, problems }: ConfigEvent): void {
    const severity = kind === 'config.refused' ? 'critical' : 'info';
    const object = kind === 'daemon.started' ? 'daemon' : 'config';
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    const fields = {
      generation,
      cause: cause.text,
      ...callerFields(cause.by),
      paths: this.#paths.join(' '),
      problems: problems.length,
      errors,
    };
    this.#chronicle.record([{ timeMs: this.#clock.wallMs(), kind, severity, object, message, fields }]);
  }
}
