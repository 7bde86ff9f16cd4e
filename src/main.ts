// Entry: prints the version until the commands arrive.
import { buildInfo } from '#model/build-info.ts';

console.log(`lanlord ${buildInfo.version} (${buildInfo.revision})`);
