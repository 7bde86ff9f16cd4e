// Which generated page lies where.
import { codesPage } from './codes-page.ts';
import { commandsPage } from './commands-page.ts';
import { configurationPage } from './configuration-page.ts';
import { metricsPage } from './metrics-page.ts';

/** Path in the project → text, made anew at each call. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/configuration.md', configurationPage()],
    ['docs/commands.md', commandsPage()],
    ['docs/explain-codes.md', codesPage()],
    ['docs/metrics.md', metricsPage()],
  ]);
}
