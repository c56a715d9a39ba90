import { type Context, Hono } from 'hono';
import type { CallFault } from './faults.ts';
import { SANDBOX_HEADER } from './mark.ts';
import type { SandboxService } from './service.ts';
import type { SocketBindings } from './transport-faults.ts';
import { breakTransport, comesAfter, standInFor } from './transport-faults.ts';
import { UploadClosed, UploadTooLarge } from './upload-slots.ts';

interface UploadEnv {
  readonly Bindings: SocketBindings;
}

/** What fault rules call the paths of this host: it is not the API's. */
const FAULT_PATH = '/_upload';

/** The signed address of one slot, `asset/part`. `expiresAt` is Unix milliseconds. */
export function uploadLink(slotId: string, expiresAt: number, { uploadUrl, links }: SandboxService): string {
  return `${uploadUrl()}/${slotId}?X-Amz-Signature=${links.sign(subjectOf(slotId), expiresAt)}`;
}

const subjectOf = (slotId: string) => `upload/${slotId}`;

/**
 * The storage that takes uploads: an origin of its own, which knows signed links and nothing of API keys - a call that
 * brings one is refused. It answers as S3 does, because that is what both the client and its errors meet in earnest.
 */
export function uploadHost(service: SandboxService): Hono<UploadEnv> {
  const app = new Hono<UploadEnv>();
  app.use('*', async (c, next) => {
    await next();
    c.res.headers.set(SANDBOX_HEADER, '1');
  });
  app.onError((error) => {
    service.noteDefect(error);
    return s3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');
  });
  app.notFound(() => s3Error(404, 'NoSuchKey', 'The specified key does not exist.'));
  app.all('/:asset/:part', async (c) => {
    const { asset, part } = c.req.param();
    const slotId = `${asset}/${part}`;
    const accountId = service.uploads.get(slotId)?.accountId;
    const at = service.clock.now();
    const path = `${FAULT_PATH}/${slotId}`;
    const { method } = c.req;
    const fault = service.faults.takeForCall({ provider: 'rendobar', method, path, accountId, isUpload: true });
    const answer = await withFault(c, fault, service, () => receive(c, slotId, service));
    service.journal.add({
      at,
      provider: 'rendobar',
      method,
      path,
      status: answer.status,
      durationMs: service.clock.now() - at,
      bodyBytes: Number(c.req.header('content-length') ?? 0),
      ...(accountId === undefined ? {} : { accountId }),
      ...(fault ? { faultId: fault.ruleId } : {}),
    });
    return answer;
  });
  return app;
}

/** Rules of this host delay and break: the vendor's codes are none of its words. */
async function withFault(
  c: Context<UploadEnv>,
  fault: CallFault | undefined,
  service: SandboxService,
  carryOut: () => Promise<Response>,
): Promise<Response> {
  if (fault && fault.delayMs > 0) await new Promise<void>((wake) => service.clock.after(fault.delayMs, wake));
  const action = fault?.action;
  if (!action || 'code' in action) return carryOut();
  const answer = comesAfter(action) ? await carryOut() : undefined;
  const slowDown = () => s3Error(503, 'SlowDown', 'Please reduce your request rate.');
  const call = { bindings: c.env, clock: service.clock };
  return standInFor(action.transport, slowDown) ?? breakTransport(action, answer ? { ...call, answer } : call);
}

async function receive(c: Context<UploadEnv>, slotId: string, service: SandboxService): Promise<Response> {
  if (c.req.header('authorization') !== undefined || c.req.header('x-api-key') !== undefined) {
    const message = 'Only one auth mechanism allowed: the link is signed, so send no API key with it.';
    return s3Error(400, 'InvalidArgument', message);
  }
  const token = c.req.query('X-Amz-Signature') ?? '';
  const check = service.links.check(subjectOf(slotId), token, service.clock.now());
  if (check === 'invalid') return s3Error(403, 'SignatureDoesNotMatch', 'The signature of the link is not valid.');
  if (check === 'expired') return s3Error(403, 'AccessDenied', 'Request has expired');
  if (c.req.method !== 'PUT') return s3Error(405, 'MethodNotAllowed', 'This link is signed for PUT.');
  try {
    const { etag } = await service.uploads.receive(slotId, c.req.raw.body, c.req.header('content-type'));
    return new Response(null, { status: 200, headers: { etag } });
  } catch (error) {
    if (error instanceof UploadTooLarge) return s3Error(400, 'EntityTooLarge', error.message);
    if (error instanceof UploadClosed) return s3Error(404, 'NoSuchUpload', error.message);
    // The sender went away in the middle: nobody is left to hear of it, and nothing was stored.
    return s3Error(400, 'IncompleteBody', 'The body ended before its length.');
  }
}

function s3Error(status: number, code: string, message: string): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Response(body, { status, headers: { 'content-type': 'application/xml' } });
}
