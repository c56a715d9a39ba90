import { RENDER_ERROR_CODES } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import type { Target, ToolCaller } from './caller.ts';
import { inspect, inspectorCaller } from './callers/inspector.ts';
import { mcporterCommand } from './callers/mcporter-command.ts';
import { ENDLESS, OWN_ERRORS } from './own-errors.ts';
import { followJob, fromStructure, submitJob } from './read-error.ts';
import { onRowStage, type Transport } from './row-stage.ts';
import type { VendorRow } from './row-vendor.ts';
import { ERROR_CASES, type ErrorCase, requestFor } from './rows.ts';
import { sideBySide } from './side-by-side.ts';

/** Each call is a process of the client and one of the server; of the machine's few cores they take all. */
const SIDE_BY_SIDE = 3;

/** One case of each of renderq's codes that a vendor can cause: the plainest that there is. */
const ONE_OF_EACH: readonly ErrorCase[] = RENDER_ERROR_CODES.flatMap((code) => {
  const cases = ERROR_CASES.filter((each) => each.code === code);
  const plain = cases.find(({ place, doubtful }) => place === 'submit' && !doubtful);
  return [plain ?? cases[0] ?? []].flat();
});

const onServer = (transport: Transport, rows: readonly VendorRow[], act: (target: Target) => Promise<void>) =>
  onRowStage(rows, ({ withServer }) => withServer(transport, {}, act));

const nameOf = ({ provider, name }: ErrorCase) => `${provider} ${name}`;

const COMMANDS: readonly { readonly name: string; open(target: Target): ToolCaller }[] = [
  { name: 'the Inspector', open: inspectorCaller },
  { name: 'mcporter', open: mcporterCommand },
];

describe.concurrent.each(COMMANDS)('the command of $name', ({ open }) => {
  it('reads the errors that are renderq’s own, with a new server for every call, and fails by its exit code', async () => {
    await onServer('stdio', ENDLESS, async (target) => {
      const caller = open(target);
      await sideBySide(SIDE_BY_SIDE, OWN_ERRORS, async ({ title, code, run }) => {
        const answer = await run(caller);
        expect(answer.isError, title).toBe(true);
        expect(fromStructure(answer), title).toMatchObject({ code });
      });
    });
  });
});

describe.concurrent('the command of the Inspector', () => {
  it('reads one vendor error of each of renderq’s codes', async () => {
    await onServer('http', ERROR_CASES, async (target) => {
      const caller = inspectorCaller(target);
      const read: Record<string, unknown> = {};
      const readOne = async (each: ErrorCase): Promise<void> => {
        const submitted = await submitJob(caller, { provider: each.provider, request: requestFor(each) });
        const error = fromStructure(await followJob(caller, submitted));
        read[nameOf(each)] = [error?.code, error?.providerCode];
      };
      await sideBySide(
        SIDE_BY_SIDE,
        ONE_OF_EACH.filter(({ pauses }) => !pauses),
        readOne,
      );
      for (const each of ONE_OF_EACH) if (each.pauses) await readOne(each);
      const wanted = ONE_OF_EACH.map((each) => [nameOf(each), [each.code, each.providerCode]]);
      expect(read).toEqual(Object.fromEntries(wanted));
    });
  });
});

describe.concurrent.each(['stdio', 'http'] as const)('the Inspector on %s', (transport) => {
  it.each(['legacy', 'modern'])('finds nothing to mend in the tools, with --strict, in the %s era', async (era) => {
    await onRowStage([], ({ withServer }) =>
      withServer(transport, {}, async (target) => {
        const args = ['--protocol-era', era, '--method', 'tools/list', '--strict'];
        const { exitCode, stdout, stderr } = await inspect(target, args);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(JSON.parse(stdout)).toHaveProperty('result.tools');
      }),
    );
  });
});
