// When the kernel received the last frame of a link.
import type { PcapLink } from '#native/link.ts';

/** Milliseconds since 1970. */
export function receivedMs(link: PcapLink): number {
  return link.seconds * 1000 + link.microseconds / 1000;
}
