/**
 * The base URL at which n8n tests a credential, as an expression: it sends that request by itself, before any code of the
 * nodes could refuse. Plain http leaves this machine as https, so that no key is sent in clear.
 */
export const CREDENTIAL_TEST_URL =
  '={{ $credentials.baseUrl.trim().replace(/\\/+$/, "").replace(/^http:\\/\\/(?!(?:localhost|127(?:\\.\\d+){3}|\\[::1\\])(?::\\d+)?(?:\\/|$))/i, "https://") }}';
