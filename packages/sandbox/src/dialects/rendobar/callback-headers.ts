import { invalid } from './errors.ts';

/** Rendobar callback guide: its own headers and those that frame a message are reserved. */
const RESERVED =
  /^(?:x-rendobar-.*|content-.*|transfer-encoding|connection|keep-alive|host|te|trailer|upgrade|expect|proxy-.*)$/i;

/** RFC 9110, section 5: a name is a token, a value is visible Latin-1 with blanks and tabs. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Checks the headers that a callback is to carry. Throws VALIDATION_ERROR with the header's place: one that cannot be sent
 * would make every delivery fail long after the submit was accepted.
 */
export function checkCallbackHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
    const place = `callback.headers.${shown}`;
    if (!NAME.test(name)) throw invalid(place, `${place}: This is not the name of a header.`);
    if (RESERVED.test(name)) throw invalid(place, `${place}: This header is reserved. Choose another name.`);
    if (!VALUE.test(value)) {
      throw invalid(place, `${place}: A header holds Latin-1 text without control characters. Encode the value.`);
    }
  }
}
