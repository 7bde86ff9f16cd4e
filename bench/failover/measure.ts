// What a recording says about one fault.
import type { Probe, Recording } from './prober.ts';

export interface Measurement {
  /** From the fault to the first announcement or answer of the survivor; null: it never took over. */
  readonly takeoverMs: number | null;
  /** Longest stretch of probes that nobody answered; 0: every one was answered. */
  readonly silenceMs: number;
  readonly unanswered: number;
  /** Probes that two boxes answered: one per millisecond. */
  readonly answeredTwice: number;
  /** Answers of the leader that was killed, later than frames can have been on their way. */
  readonly answersOfTheDead: number;
  /** From the last advertisement of the old leader to the first of the new one; null: not both were heard. */
  readonly advertisementGapMs: number | null;
  /** 99th percentile and maximum of the prober's own lateness, milliseconds. */
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

export interface Roles {
  readonly leader: string;
  readonly survivor: string;
}

/** A frame that a process sent before it died is heard this much later at most. */
const inFlightUs = 20_000;
/** Answers to the last probes may still be on their way. */
const tailUs = 100_000;

/** `faultUs`: just before the fault, microseconds since 1970. */
export function measure(recording: Recording, faultUs: number, { leader, survivor }: Roles): Measurement {
  const endUs = (recording.probes.at(-1)?.us ?? 0) - tailUs;
  // What came before the fault is none of its business, but a probe that was on its way then is.
  const probes = recording.probes.filter(({ us }) => us >= faultUs - 5000 && us < endUs);
  const lateness = recording.probes.map(({ lateUs }) => lateUs / 1000).sort((a, b) => a - b);
  return {
    takeoverMs: takeover(recording, faultUs, survivor),
    silenceMs: longestSilence(probes),
    unanswered: probes.filter(({ answers }) => answers.size === 0).length,
    answeredTwice: probes.filter(({ answers }) => answers.size > 1).length,
    answersOfTheDead: probes.filter(({ answers }) => (answers.get(leader) ?? 0) > faultUs + inFlightUs).length,
    advertisementGapMs: advertisementGap(recording, faultUs, { leader, survivor }),
    lateP99Ms: lateness[Math.floor(lateness.length * 0.99)] ?? 0,
    lateMaxMs: lateness.at(-1) ?? 0,
  };
}

function takeover({ probes, announcements }: Recording, faultUs: number, survivor: string): number | null {
  const answers = probes.map(({ answers }) => answers.get(survivor) ?? 0);
  const announced = announcements.filter(({ mac }) => mac === survivor).map(({ us }) => us);
  const first = Math.min(...[...answers, ...announced].filter((us) => us >= faultUs));
  return Number.isFinite(first) ? (first - faultUs) / 1000 : null;
}

function longestSilence(probes: readonly Probe[]): number {
  let longest = 0;
  let since: number | null = null;
  for (const { us, answers } of probes) {
    if (answers.size === 0) since ??= us;
    else {
      if (since !== null) longest = Math.max(longest, us - since);
      since = null;
    }
  }
  // Nobody answered to the end.
  if (since !== null) longest = Math.max(longest, (probes.at(-1)?.us ?? since) - since);
  return longest / 1000;
}

function advertisementGap({ advertisements }: Recording, faultUs: number, { leader, survivor }: Roles): number | null {
  const first = advertisements.find(({ mac, us, priority }) => mac === survivor && us > faultUs && priority > 0);
  const last = advertisements.findLast(
    ({ mac, us, priority }) => mac === leader && priority > 0 && us < (first?.us ?? 0),
  );
  return first && last ? (first.us - last.us) / 1000 : null;
}
