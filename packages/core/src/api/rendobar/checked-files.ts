import { CALL_FIELDS, callOptions } from '../../arguments/call-options.ts';
import { withCallerFunctions } from '../../arguments/caller-functions.ts';
import { argument, options, unchecked } from '../../arguments/check-argument.ts';
import { guard } from '../../arguments/guard.ts';
import { CALLBACK, COUNT, DURATION, OBJECT, oneOf, type Rule, TEXT } from '../../arguments/rule.ts';
import { asObject } from '../../decode/json-body.ts';
import type { RendobarAssets } from './assets.ts';
import type { RendobarStorage } from './storage.ts';

const SOURCE: Rule = {
  accepts: (value) => {
    const source = asObject(value);
    return TEXT.accepts(source?.filename) && typeof source?.size === 'number' && typeof source?.read === 'function';
  },
  what: 'a source for uploads, with filename, size and read()',
  remedy: 'Make one with bytesSource(bytes, filename), or with fileSource(path) of the Node door.',
};

const ASSET_PAGE = { ...CALL_FIELDS, type: TEXT, scope: TEXT, category: TEXT, limit: COUNT, offset: COUNT };

const UPLOAD = {
  ...CALL_FIELDS,
  contentType: TEXT,
  lifecycle: oneOf(['ephemeral', 'persisted']),
  idleTimeoutMs: DURATION,
  resume: OBJECT,
  onState: CALLBACK,
  onProgress: CALLBACK,
};

/** The assets with their arguments looked at, and with what the caller's own functions throw told to the caller. */
export function checkedAssets(assets: RendobarAssets): RendobarAssets {
  const upload: RendobarAssets['upload'] = (source, given = {}) =>
    withCallerFunctions(given, { notices: ['onState', 'onProgress'] }, (own) => assets.upload(source, own));
  return guard<RendobarAssets>(
    { ...assets, upload },
    {
      upload: [argument('source', SOURCE), options(UPLOAD)],
      // The ids are checked where the paths are made.
      get: [unchecked, callOptions],
      list: [options(ASSET_PAGE)],
      delete: [unchecked, callOptions],
    },
  );
}

/** The storage with its arguments looked at. */
export function checkedStorage(storage: RendobarStorage): RendobarStorage {
  return guard(storage, {
    list: [callOptions],
    objects: [unchecked, options({ ...CALL_FIELDS, prefix: TEXT, cursor: TEXT, limit: COUNT })],
  });
}
