// Waits for links to open, but not for ever.
import type { AnnouncementSink, Clock } from '#ports.ts';

/** Readiness does not wait longer than this for links to open. */
const settleMs = 3000;

export async function settledLinks({ sink, clock }: { sink: AnnouncementSink; clock: Clock }): Promise<void> {
  let cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.setTimeout(resolve, settleMs);
  });
  await Promise.race([sink.settled(), late]);
  cancel();
}
