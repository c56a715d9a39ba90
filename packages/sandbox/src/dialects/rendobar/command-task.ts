import { type CommandTask, type InputSource, type Renderer, RenderFault } from '../../engine/renderer.ts';
import { blockedRange, literalAddress } from '../../media/address-guard.ts';
import { resolveSample } from '../../media/sample-spec.ts';
import type { Account } from '../../service/accounts.ts';
import { ownPlace } from '../../service/own-media.ts';
import type { SandboxService } from '../../service/service.ts';
import { invalid, Refusal } from './errors.ts';
import type { SubmitBody, WireInput } from './submit-body.ts';

/**
 * Builds what the engine renders and lets the engine check the command. Throws VALIDATION_ERROR naming the field,
 * INPUT_URL_BLOCKED for addresses that are not public, NOT_IMPLEMENTED for what this engine lacks.
 */
export async function buildCommandTask(
  body: SubmitBody,
  account: Account,
  service: SandboxService,
): Promise<CommandTask> {
  const inputs = Object.fromEntries(
    Object.entries(body.inputs).map(([name, input]) => [name, sourceOf(input, `inputs.${name}`, account, service)]),
  );
  const { command, outputFormat } = body.params;
  const task: CommandTask = { command, inputs, ...(outputFormat === undefined ? {} : { outputFormat }) };
  const { args } = checkCommand(await service.engine.ready(), task);
  for (const [index, arg] of args.entries()) {
    if (args[index - 1] === '-i' && URL.canParse(arg)) refuseBlockedUrl(arg, 'params.command', service);
  }
  return task;
}

function checkCommand(renderer: Renderer, task: CommandTask): ReturnType<Renderer['checkCommand']> {
  try {
    return renderer.checkCommand(task);
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    if (error.kind === 'source-blocked') throw blocked('params.command', error.message);
    if (error.kind === 'engine-cannot') throw new Refusal('NOT_IMPLEMENTED', error.message);
    throw invalid('params.command', error.message);
  }
}

function sourceOf(input: WireInput, path: string, account: Account, service: SandboxService): InputSource {
  const given = typeof input === 'string' ? { url: input } : input;
  if (given.content !== undefined) return { content: given.content };
  if (given.job !== undefined) return { path: outputOf(given.job, path, account, service) };
  if (given.url === undefined) throw invalid(path, 'Give a URL, { url }, { content } or { job }.');
  if (given.url.startsWith('storage://')) {
    throw new Refusal('NOT_IMPLEMENTED', 'The local sandbox has no storage connections.', { details: { path } });
  }
  refuseBlockedUrl(given.url, path, service);
  return { url: given.url };
}

/** Rendobar ffmpeg page: `{ job }` is a finished job's output. */
function outputOf(jobId: string, path: string, account: Account, service: SandboxService): string {
  const job = service.jobs.get(jobId);
  if (!job || job.accountId !== account.id) throw invalid(path, `There is no job ${jobId}.`);
  const file = job.files[0];
  if (job.state !== 'complete' || !file) throw invalid(path, `The job ${jobId} has no output.`);
  return file.path;
}

/** Rendobar probe page: refused before the job exists. Host names are checked when the download connects. */
function refuseBlockedUrl(text: string, path: string, service: SandboxService): void {
  if (!URL.canParse(text)) throw invalid(path, 'This is not a URL.');
  const url = new URL(text);
  // The vendor's own output links are public; here they are this sandbox's.
  const place = ownPlace(url, service.publicUrl());
  if (place === 'closed') throw blocked(path);
  if (place === 'media' || resolveSample(text) !== undefined) return;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid(path, 'Use an http or https URL.');
  const literal = literalAddress(url);
  const isLocalName = url.hostname === 'localhost' || /\.(localhost|internal|local)$/.test(url.hostname);
  if (isLocalName || (literal !== undefined && blockedRange(literal) !== undefined)) throw blocked(path);
}

function blocked(path: string, message = 'The URL points at a private or link-local address.'): Refusal {
  return new Refusal('INPUT_URL_BLOCKED', message, { details: { path } });
}
