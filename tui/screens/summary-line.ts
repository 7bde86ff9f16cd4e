// The line above the keys while nothing else is said there: what is wrong, and what to do about what is selected.
import type { ProblemItem } from '#control/list-items.ts';
import { problemKey, severitySign, severityToken } from '../panes/journal-panes.ts';
import type { Model } from '../state/model.ts';
import { paneRows, selectedIndex, shownWorld } from '../state/selectors.ts';
import { profiles } from '../text/glyphs.ts';
import { type Line, span } from '../text/line.ts';
import { screenViews } from './all-screens.ts';
import { foreign } from './view.ts';
import { isAbout, whatToDo } from './what-to-do.ts';

/** Narrower terminals get the shortest form. */
const roomForWords = 60;

export function summaryLine(model: Model, nowMs: number): Line {
  const glyphs = profiles[model.ui.profile];
  const { status, lists } = shownWorld(model);
  if (status === null) return [];
  const { problems } = lists;
  if (problems.length === 0) return [span(`${glyphs.pass} no problems`, 'ok')];
  const chosen = selectedProblem(model, nowMs);
  if (chosen !== null) {
    const sign = severitySign(chosen.severity, glyphs);
    const lead = model.ui.size.columns < roomForWords ? sign : `${sign} What to do:`;
    return [span(`${lead} `, severityToken[chosen.severity]), foreign({ glyphs }, whatToDo(chosen))];
  }
  return counted(model, problems);
}

/** How many of the worst, and where they are: this screen may show something else. */
function counted({ ui }: Model, problems: readonly ProblemItem[]): Line {
  const glyphs = profiles[ui.profile];
  const count = (wanted: string) => problems.filter(({ severity }) => severity === wanted).length;
  const critical = count('critical');
  const warnings = count('warning');
  const worst = critical > 0 ? 'critical' : warnings > 0 ? 'warning' : 'info';
  const words = [
    ...(critical > 0 ? [`${critical} critical ${critical === 1 ? 'problem' : 'problems'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  const what = words.length > 0 ? words.join(', ') : `${problems.length} to know`;
  const isThere = ui.place.screen === 'overview' && ui.place.page === null;
  const where = isThere ? 'tab leads to them' : '1 shows them';
  const text = `${severitySign(worst, glyphs)} ${what}`;
  return [span(text, severityToken[worst]), span(ui.size.columns < roomForWords ? '' : `: ${where}`)];
}

/** The problem that the keys go to: the selected one of the Overview, or the one whose page is open. */
function selectedProblem(model: Model, nowMs: number): ProblemItem | null {
  const { place, focus, overlay } = model.ui;
  const { problems } = shownWorld(model).lists;
  if (overlay !== null) return null;
  if (place.page !== null) return pageProblem(model);
  const focused = focus[place.screen] ?? screenViews[place.screen].panes[0];
  if (focused !== 'problems') return null;
  const rows = paneRows(model, 'problems', nowMs);
  const key = rows.keys.at(selectedIndex(model, 'problems', rows));
  return problems.find((problem) => problemKey(problem) === key) ?? null;
}

function pageProblem(model: Model): ProblemItem | null {
  const { page } = model.ui.place;
  const { problems } = shownWorld(model).lists;
  if (page === null) return null;
  if (page.kind === 'problem') return problems.find((problem) => problemKey(problem) === page.key) ?? null;
  if (page.kind === 'event') return null;
  const name = page.kind === 'ip' ? `ip/${page.ip}` : `${page.kind === 'service' ? 'svc' : page.kind}/${page.name}`;
  return problems.find((problem) => isAbout(problem, name)) ?? null;
}
