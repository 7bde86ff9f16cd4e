// What happened to the configuration, as entries of the journal: `config history` is made of them.
import { type Cause, callerFields, callerText, noCause } from '#model/control-action.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import { placeText } from '#model/resources.ts';
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
    const severity = severityOf(kind, problems);
    const object = kind === 'daemon.started' ? 'daemon' : 'config';
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    const text = kind === 'config.refused' ? message : `${message}${faultsText(problems)}`;
    const fields = {
      generation,
      cause: cause.text,
      ...callerFields(cause.by),
      paths: this.#paths.join(' '),
      problems: problems.length,
      errors,
    };
    this.#chronicle.record([{ timeMs: this.#clock.wallMs(), kind, severity, object, message: text, fields }]);
  }
}

/** What was applied may have objects that are wrong: whoever reads the log need not ask for it. */
function severityOf(kind: ConfigEvent['kind'], problems: readonly ConfigProblem[]): JournalEntry['severity'] {
  if (kind === 'config.refused') return 'critical';
  return problems.some(({ severity }) => severity === 'error') ? 'warning' : 'info';
}

/** The first mistake with its place, and how many others; empty without a mistake. */
function faultsText(problems: readonly ConfigProblem[]): string {
  const [first, ...others] = problems.filter(({ severity }) => severity === 'error');
  if (!first) return '';
  const more = others.length > 0 ? ` (and ${others.length} more, see: lanlord check)` : '';
  return `, with a mistake at ${placeText(first)}: ${first.message}${more}`;
}
