/** Why the control plane will not hear a call. */
export interface CallerProblem {
  readonly status: 403 | 415;
  readonly message: string;
}

const NOT_FROM_HERE: CallerProblem = {
  status: 403,
  message: 'The control plane answers on loopback only, and never to a web page of another origin.',
};

const NOT_JSON: CallerProblem = {
  status: 415,
  message: 'A web page must send its body with the content type application/json.',
};

/**
 * Tells why a call must be refused, or undefined where it may pass. Only programs of this machine and the sandbox's own
 * page get in: neither a host name that was re-bound to 127.0.0.1 nor a page of another port of this machine does. What
 * sends no Origin is no browser's script, and may send its JSON as it likes, as curl does.
 */
export function findCallerProblem(request: Request, remoteAddress: string | undefined): CallerProblem | undefined {
  const { headers } = request;
  if (remoteAddress !== undefined && !/^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress)) return NOT_FROM_HERE;
  const host = headers.get('host');
  if (host !== null && !isLoopbackHost(host)) return NOT_FROM_HERE;

  const site = headers.get('sec-fetch-site');
  const isElsewhere = site === 'cross-site' || site === 'same-site';
  // A link that a person follows shows them an answer, and shows it to nobody else.
  if (isElsewhere && !isOpenedByHand(request)) return NOT_FROM_HERE;

  const origin = headers.get('origin');
  if (origin === null) return undefined;
  // The sandbox speaks plain HTTP, whatever a proxy may have written into the request's own URL.
  if (origin !== `http://${host ?? new URL(request.url).host}`) return NOT_FROM_HERE;
  return mayBeOtherThanJson(headers) ? NOT_JSON : undefined;
}

/** Told by the headers alone: a server gives every request but a GET a body to read, be it empty. */
function mayBeOtherThanJson(headers: Headers): boolean {
  const type = headers.get('content-type');
  if (type !== null) return !/^application\/json\s*(?:;|$)/i.test(type);
  return headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;
}

function isOpenedByHand({ method, headers }: Request): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    headers.get('sec-fetch-dest') === 'document'
  );
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}
