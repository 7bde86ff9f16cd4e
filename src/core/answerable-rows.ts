// The rows that count when somebody asks what a configuration takes from the LAN or gives to it.
import { hasGroups } from '#model/node-config.ts';
import type { Announcement, Candidacy, Snapshot } from '#model/snapshot.ts';

/** Alone: what is announced. Among several boxes: what this one leads, or may lead when its turn comes. */
export function answerableRows({ observed, desired }: Pick<Snapshot, 'observed' | 'desired'>): readonly Announcement[] {
  return hasGroups(observed.config) ? desired.candidacies.filter(mayAnswer) : desired.announcements;
}

function mayAnswer({ leads, refusal }: Candidacy): boolean {
  return leads || refusal === null;
}
