// Entry of `lanlord demo`: builds a throw-away LAN, tells the story step by step, and takes everything down again.
import { DemoStage } from './demo-stage.ts';
import { story } from './demo-story.ts';
import { exitCode } from './exit-code.ts';
import { labObstacle } from './lab.ts';
import type { Output } from './output.ts';

const picture = `
   router 192.168.10.1      client 192.168.10.100      edge-1 192.168.10.2 (runs lanlord)
        │                          │                          │
   ─────┴──────────────────────────┴──────────────────────────┴─────  a bridge in network namespaces
`;

/** @returns 0 the story held, 1 a step failed, 4 not root or no network namespaces, 130 interrupted. */
export async function demo(output: Output): Promise<number> {
  const obstacle = labObstacle();
  if (obstacle !== null) {
    output.note(`lanlord demo: ${obstacle}`);
    return exitCode.denied;
  }
  const stage = new DemoStage();
  let interrupted = false;
  let release: () => void = () => {};
  const interruption = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      release();
    });
  }
  try {
    output.data(`A LAN of three hosts that exists only while this runs.\n${picture}\n`);
    const failure = await tell(stage, output, () => interrupted);
    if (interrupted) return exitCode.interrupted;
    if (failure !== null) return exitCode.found;
    if (process.stdout.isTTY && process.stdin.isTTY) {
      output.data(`\nThe LAN stays up until ctrl-c. In another shell:\n  ${stage.invitation().join('\n  ')}\n`);
      await interruption;
      return exitCode.clean;
    }
    return exitCode.clean;
  } finally {
    await stage.close();
  }
}

async function tell(stage: DemoStage, output: Output, stopped: () => boolean): Promise<string | null> {
  const started = performance.now();
  for (const [index, step] of story.entries()) {
    if (stopped()) return null;
    try {
      const seen = await step.play(stage);
      output.data(`√ ${index + 1}. ${step.title}\n     ${seen}\n`);
    } catch (error) {
      if (stopped()) return null;
      const why = error instanceof Error ? error.message : String(error);
      output.data(`× ${index + 1}. ${step.title}\n     ${why}\n`);
      output.note(`lanlord demo: step ${index + 1} failed`);
      return step.title;
    }
  }
  output.data(`\nThe story held: ${story.length} steps in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
  return null;
}
