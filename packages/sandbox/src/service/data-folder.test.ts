import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder, sweepDataFolders } from './data-folder.ts';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';

let root: string;
let identity: ProcessIdentity;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'data-folder-'));
  identity = await identifyProcess();
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function leave(name: string, owner?: object | string): Promise<string> {
  const path = join(root, name);
  await mkdir(join(path, 'work', 'job'), { recursive: true });
  await writeFile(join(path, 'work', 'job', 'part0.mp4'), 'half a film');
  if (owner !== undefined) {
    await writeFile(join(path, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
  }
  return path;
}

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('openDataFolder', () => {
  it('opens a temporary folder that leaves nothing, and keeps one that was given', async () => {
    const temporary = await openDataFolder(undefined, root);
    await mkdir(join(temporary.path, 'work', 'a'), { recursive: true });
    await Promise.all([temporary.remove(), temporary.remove()]);
    expect(await readdir(root)).toEqual([]);
    const given = await openDataFolder(join(root, 'kept'), root);
    await given.remove();
    expect(await readdir(root)).toEqual(['kept']);
  });
});

describe('sweepDataFolders', () => {
  it('removes what a dead process left behind', async () => {
    const left = await leave('renderq-sandbox-dead', { ...identity, pid: await endedPid() });
    await sweepDataFolders(root);
    expect(existsSync(left)).toBe(false);
  });

  it('never touches the folder of a process that lives', async () => {
    const ours = await openDataFolder(undefined, root);
    await leave('renderq-sandbox-parent', { pid: process.ppid, world: identity.world });
    await sweepDataFolders(root);
    expect(await readdir(root)).toHaveLength(2);
    expect(JSON.parse(await readFile(join(ours.path, 'owner.json'), 'utf8'))).toEqual(identity);
  });

  it.runIf(process.platform === 'linux')('is not deceived by a number that was given again', async () => {
    await leave('renderq-sandbox-reused', { ...identity, startedAt: '1' });
    await sweepDataFolders(root);
    expect(await readdir(root)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'removes what a killed process left whose parent has not heard yet',
    async () => {
      // The program that takes the shell's place never asks for the shell's child, which so stays a zombie.
      const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        const [line] = await once(parent.stdout, 'data');
        const pid = Number(String(line).trim());
        const stat = () => readFile(`/proc/${pid}/stat`, 'utf8');
        await expect.poll(() => readFile(`/proc/${parent.pid}/comm`, 'utf8'), { interval: 5 }).toBe('sleep\n');
        process.kill(pid, 'SIGKILL');
        await expect.poll(stat, { interval: 5 }).toMatch(/\) Z /);
        const startedAt = (await stat()).split(') ')[1]?.split(' ')[19];
        await leave('renderq-sandbox-zombie', { ...identity, pid, startedAt });
        await sweepDataFolders(root);
        expect(await readdir(root)).toEqual([]);
      } finally {
        parent.kill();
        await once(parent, 'exit');
      }
    },
  );

  it('leaves what it cannot judge or what is not its own', async () => {
    const dead = { ...identity, pid: await endedPid() };
    await leave('renderq-sandbox-elsewhere', { ...dead, world: 'another boot' });
    await leave('renderq-sandbox-nameless');
    await leave('renderq-sandbox-torn', '{"pid":');
    await leave('renderq-sandbox-odd', { ...dead, pid: -1 });
    await leave('somebody-else', dead);
    const target = await leave('aim', dead);
    await symlink(target, join(root, 'renderq-sandbox-link'));
    await sweepDataFolders(root);
    expect(await readdir(root)).toHaveLength(7);
    expect(existsSync(join(target, 'work', 'job', 'part0.mp4'))).toBe(true);
  });
});
