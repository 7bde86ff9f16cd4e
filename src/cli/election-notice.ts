// Says on the command line that an election mode has no effect, whoever asked for it.
import type { NodeConfig } from '#model/node-config.ts';
import type { Output } from './output.ts';
import type { RunOptions } from './run-options.ts';

/** To be called with every configuration that is applied; speaks when the mode becomes one that is not there. */
export function electionNotice(
  { election }: Pick<RunOptions, 'election'>,
  output: Pick<Output, 'note'>,
): (config: Pick<NodeConfig, 'election'>) => void {
  let told = false;
  return (config) => {
    const isMissing = config.election.mode === 'lease';
    if (isMissing && !told) {
      const by = election === 'lease' ? '--election lease' : 'election.mode: lease';
      output.note(
        `lanlord: ${by} is not available in this version and has no effect: this box answers as if it were alone (several boxes: vrrp; one box: solo)`,
      );
    }
    told = isMissing;
  };
}
