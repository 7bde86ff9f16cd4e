// What is wrong with groups that this box takes part in, as their workers report it.
import type { GroupReport } from '#model/election.ts';
import { routerOf } from '#model/group-index.ts';
import type { RunningProblem } from '#model/problem.ts';

/** `reports`: by interface. A group is refused while another installation uses its virtual router id. */
export function groupProblems(reports: ReadonlyMap<string, readonly GroupReport[]>): readonly RunningProblem[] {
  return [...reports].flatMap(([name, groups]) =>
    groups.flatMap(({ group, refused }): RunningProblem[] => {
      if (refused === '') return [];
      const id = routerOf(group)?.id ?? 0;
      return [
        {
          code: 'GROUP',
          severity: 'critical',
          object: `interface/${name}`,
          message: `Nobody of ours answers for group ${id} on ${name}: ${refused} uses virtual router id ${id} for other addresses`,
          hint: 'choose other ids (election.vrrp.virtualRouterId); to pair with that router, pin the service to its id by lanlord.dev/group',
        },
      ];
    }),
  );
}
