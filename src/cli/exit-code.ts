// What the numbers that every command ends with mean.

export const exitCode = {
  /** Yes, clean, no difference, valid. */
  clean: 0,
  /** No, or something was found. */
  found: 1,
  usage: 2,
  unreachable: 3,
  denied: 4,
  /** A guard said no, or another instance runs. */
  refused: 5,
  timeout: 6,
  internal: 70,
  interrupted: 130,
} as const;

/** For the reference page. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCode, string>> = {
  clean: 'yes, clean, no difference, valid',
  found: 'no, or something was found: a critical problem, errors, no such object, not exactly one answerer',
  usage: 'a command line that makes no sense',
  unreachable: 'the daemon cannot be reached',
  denied: 'permission denied',
  refused: 'a guard said no, or another instance runs',
  timeout: 'no answer in time',
  internal: 'internal error; `LANLORD_DEBUG=1` shows the stack',
  interrupted: 'interrupted by ctrl-c',
};
