import { expect, it } from 'vitest';
import { type HomeFacts, homeFolder } from './home-folder.ts';

const at = (facts: Partial<HomeFacts>) => homeFolder({ platform: 'linux', userHome: '/home/anna', ...facts });

it.each<[Partial<HomeFacts>, string]>([
  [{}, '/home/anna/.local/state/renderq'],
  [{ xdgStateHome: '/var/anna' }, '/var/anna/renderq'],
  [{ xdgStateHome: 'state' }, '/home/anna/.local/state/renderq'],
  [{ platform: 'freebsd' }, '/home/anna/.local/state/renderq'],
  [
    { platform: 'darwin', xdgStateHome: '/x', userHome: '/Users/anna' },
    '/Users/anna/Library/Application Support/renderq',
  ],
  [{ platform: 'win32', userHome: 'C:\\Users\\anna' }, 'C:\\Users\\anna\\AppData\\Local\\renderq'],
  [{ platform: 'win32', userHome: 'C:\\Users\\anna', localAppData: 'D:\\Local' }, 'D:\\Local\\renderq'],
  [{ renderqHome: '/srv/jobs', xdgStateHome: '/x' }, '/srv/jobs'],
  [{ platform: 'win32', userHome: 'C:\\', renderqHome: 'E:\\jobs' }, 'E:\\jobs'],
])('jobs of %o are kept in %s', (facts, folder) => {
  expect(at(facts)).toBe(folder);
});
