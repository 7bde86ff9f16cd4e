// Collects the problems of one file, each with its exact place.
import type { ConfigProblem } from '#model/problem.ts';
import type { Position } from '#model/resources.ts';
import type { ConfigCode } from './codes.ts';
import { nearestMark, type Path, pathText, type RawDocument } from './document.ts';
import type { LineIndex } from './line-index.ts';

/** Problems of one file that are listed one by one; a file with more is wrong in one way throughout. */
const maxListed = 1000;

/** A path is as long as its keys, and a hostile key has any length. */
const longestPath = 500;

export interface Finding {
  readonly code: ConfigCode;
  readonly severity?: 'warning';
  readonly path: Path;
  /** The key is what is wrong, not the value. */
  readonly atKey?: boolean;
  readonly message: string;
  readonly hint?: string;
}

export class Reporter {
  readonly file: string;
  readonly problems: ConfigProblem[] = [];
  private readonly lines: () => LineIndex;
  private dropped = 0;
  private droppedErrors = 0;
  private droppedDocumentErrors = 0;
  private documentErrors = 0;

  constructor(file: string, lines: () => LineIndex) {
    this.file = file;
    this.lines = lines;
  }

  positionAt(offset: number): Position {
    return { file: this.file, ...this.lines().at(offset) };
  }

  /** A problem at an offset of the text. Everything the readers find is a document error. */
  atOffset(offset: number, code: ConfigCode, message: string, hint: string): void {
    this.add({ ...this.positionAt(offset), code, severity: 'error', scope: 'document', path: '', message, hint });
  }

  /** A problem of a field of a document; the nearest existing node is pointed at when the field is missing. */
  inDocument(document: RawDocument, scope: 'document' | 'object', finding: Finding): void {
    if (this.problems.length >= maxListed) {
      // No more marks are made for problems that nobody will see.
      const severity = finding.severity ?? 'error';
      if (scope === 'document' && severity === 'error') this.documentErrors++;
      this.drop(scope, severity);
      return;
    }
    const { mark, exact } = nearestMark(document.marks(), finding.path, document.start);
    this.add({
      ...this.positionAt(finding.atKey || !exact ? mark.key : mark.value),
      code: finding.code,
      severity: finding.severity ?? 'error',
      scope,
      path: pathText(finding.path).slice(0, longestPath),
      message: finding.message,
      hint: finding.hint ?? '',
    });
  }

  /** Document errors so far. */
  errorCount(): number {
    return this.documentErrors;
  }

  private add(problem: ConfigProblem): void {
    if (problem.scope === 'document' && problem.severity === 'error') this.documentErrors++;
    if (this.problems.length < maxListed) this.problems.push(problem);
    else this.drop(problem.scope, problem.severity);
  }

  private drop(scope: ConfigProblem['scope'], severity: ConfigProblem['severity']): void {
    this.dropped++;
    if (severity !== 'error') return;
    this.droppedErrors++;
    if (scope === 'document') this.droppedDocumentErrors++;
  }

  /** Says how many were left out, as grave as the gravest of them; call once, at the end of the file. */
  finish(): void {
    if (this.dropped === 0) return;
    const message = `${this.dropped} more problems in this file are not listed`;
    const at = { file: this.file, line: 1, column: 1 };
    this.problems.push({
      ...at,
      code: 'LL-CFG-039',
      severity: this.droppedErrors > 0 ? 'error' : 'warning',
      // A thousand bad entries of one service refuse nobody else's objects.
      scope: this.droppedDocumentErrors > 0 ? 'document' : 'object',
      path: '',
      message,
      hint: '',
    });
  }
}
