// What `run` was told by options and variables, as settings with their origin: `config show` prints it.
import { adminSocketBeside } from '#control/protocol.ts';
import type { GivenSetting, SettingValue } from '#model/setting.ts';
import { defaultStateDirectory, type RunOptions } from './run-options.ts';

export function givenSettings(options: RunOptions): readonly GivenSetting[] {
  const { node, socket, election, source, state, logFormat, strictConfig } = options;
  const settings: GivenSetting[] = [];
  if (node !== null) settings.push(said('node.name', node, '--node'));
  if (election !== null) settings.push(said('election.mode', election, '--election'));
  if (socket !== null) {
    const by = options.socketVariable ?? '--socket';
    settings.push(said('control.socket', socket, by), said('control.adminSocket', adminSocketBeside(socket), by));
  }
  return [
    ...settings,
    option('source', source, 'file', '--source'),
    option('state', state, defaultStateDirectory, '--state'),
    option('logFormat', logFormat, 'text', '--log-format'),
    option('strictConfig', strictConfig, false, '--strict-config'),
  ];
}

function said(path: string, value: SettingValue, by: string): GivenSetting {
  return { path, value, by, origin: by.startsWith('--') ? 'command line' : 'environment' };
}

/** One that no NodeConfig has; written as the default it counts as the default. */
function option(path: string, value: SettingValue, otherwise: SettingValue, by: string): GivenSetting {
  return value === otherwise ? { path, value, by: '', origin: 'default' } : said(path, value, by);
}
