// Which generated page lies where.
import { manifestSchema } from '#sources/file/json-schema.ts';
import { codesPage } from './codes-page.ts';
import { commandsPage } from './commands-page.ts';
import { configurationPage } from './configuration-page.ts';
import { keysPage } from './keys-page.ts';
import { manPage } from './man-page.ts';
import { metricsPage } from './metrics-page.ts';
import { pictures } from './pictures.ts';

/** Path in the project → text, made anew at each call. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/configuration.md', configurationPage()],
    ['docs/commands.md', commandsPage()],
    ['docs/explain-codes.md', codesPage()],
    ['docs/metrics.md', metricsPage()],
    ['docs/keys.md', keysPage()],
    ...pictures(),
    ['config/lanlord.8', manPage()],
    ['config/schema.json', `${JSON.stringify(manifestSchema(), null, 2)}\n`],
  ]);
}
