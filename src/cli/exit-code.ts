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
