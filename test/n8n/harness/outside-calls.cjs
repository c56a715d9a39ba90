// Preloaded into n8n: notes every name that is looked up and every address that is dialled off this machine, and lets none through.
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');

const notes = process.env.RENDERQ_OUTSIDE_CALLS;
const isHere = (host) =>
  host === undefined || /^(localhost|127(\.\d+){3}|::1?|0\.0\.0\.0|::ffff:127(\.\d+){3})$/i.test(String(host));

function refuse(kind, host) {
  appendFileSync(notes, `${kind} ${host}\n`);
  return Object.assign(new Error(`The tests let no call out: ${kind} ${host}`), { code: 'ENETUNREACH' });
}

if (notes) {
  const { lookup } = dns;
  dns.lookup = (host, ...rest) => {
    if (isHere(host) || net.isIP(host)) return lookup(host, ...rest);
    const error = refuse('lookup', host);
    process.nextTick(rest.at(-1), error);
    return {};
  };
  for (const name of ['resolve', 'resolve4', 'resolve6', 'resolveSrv', 'resolveTxt', 'resolveAny']) {
    dns[name] = (host, ...rest) => process.nextTick(rest.at(-1), refuse(name, host));
    dns.promises[name] = async (host) => {
      throw refuse(name, host);
    };
  }
  const lookupAsync = dns.promises.lookup;
  dns.promises.lookup = async (host, options) => {
    if (isHere(host) || net.isIP(host)) return lookupAsync(host, options);
    throw refuse('lookup', host);
  };
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function connectHere(...args) {
    // Node's own net.connect hands over its arguments normalised, as one array.
    const [first] = Array.isArray(args[0]) ? args[0] : args;
    const host = typeof first === 'object' && first !== null ? first.host : undefined;
    if (host === undefined || isHere(host) || !net.isIP(host)) return connect.apply(this, args);
    process.nextTick(() => this.destroy(refuse('connect', host)));
    return this;
  };
}
