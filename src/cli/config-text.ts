// The settings that run as a table; on a narrow terminal values and folders are cut, who said a value is not.
import type { ConfigAnswer, Setting } from '#control/config-answer.ts';
import { tableText } from '#control/table-text.ts';
import { safeText } from '#model/safe-text.ts';

interface Row {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** Enough of a value to know it again. */
const leastValue = 16;
/** Enough for the name of a file with line and column. */
const leastOrigin = 24;
/** Between three columns. */
const gaps = 4;

/** @param maxWidth of a terminal; null: nothing is cut */
export function configText(answer: ConfigAnswer, maxWidth: number | null): string {
  const { generation, configValid, loadedAt, paths, objects, settings, options = [] } = answer;
  const counts = Object.entries(objects).map(([kind, count]) => `${kind} ${count}`);
  const lines = [
    `config    #${generation}${configValid ? '' : ' STALE: the files were refused'}  loaded ${loadedAt.slice(0, 19)}Z from ${paths.join(' ')}`,
    `objects   ${counts.join('  ')}`,
  ];
  const rows: readonly Row[] = [
    ...settings.map((setting) => ({
      name: setting.path,
      value: valueText(setting.value),
      origin: originText(setting),
    })),
    ...options.map(({ path, value, origin }) => ({ name: optionName(path), value: valueText(value), origin })),
  ];
  const table = tableText(columnsFor(rows, maxWidth), rows, 0, { wide: true, maxWidth });
  return `${lines.map((line) => `${safeText(line)}\n`).join('')}${table}`;
}

function columnsFor(rows: readonly Row[], maxWidth: number | null) {
  const widest = (field: keyof Row) => rows.reduce((most, row) => Math.max(most, row[field].length), 0);
  const room = maxWidth === null ? Number.POSITIVE_INFINITY : maxWidth - widest('name') - gaps;
  const originRoom = Math.max(leastOrigin, room - leastValue);
  const valueRoom = Math.max(leastValue, room - Math.min(widest('origin'), originRoom));
  return [
    { header: 'SETTING', value: ({ name }: Row) => name },
    {
      header: 'VALUE',
      value: ({ value }: Row) => (value.length > valueRoom ? `${value.slice(0, valueRoom - 1)}…` : value),
    },
    // The end of a path says more than its beginning.
    {
      header: 'ORIGIN',
      value: ({ origin }: Row) => (origin.length > originRoom ? `…${origin.slice(1 - originRoom)}` : origin),
    },
  ];
}

/** `default`, the option or variable, or the place in a file. */
function originText({ origin, by, file, line, column }: Setting): string {
  if (by) return by;
  return file ? `${file}:${line}:${column}` : origin;
}

/** `logFormat` is `--log-format`. */
function optionName(path: string): string {
  return `--${path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function valueText(value: Setting['value']): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
