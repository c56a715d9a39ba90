export { createLogger, type Logger } from '../log.ts';
export { type AddressGuard, createAddressGuard, isLoopback } from './address-guard.ts';
export { type BearerTokens, readBearerTokens } from './bearer-tokens.ts';
export { type CallerLimitOptions, type CallerLimits, createCallerLimits } from './caller-limits.ts';
export { createDualEraHandler, type RequestServer } from './dual-era-handler.ts';
export { type Address, type HttpHost, listenHttp } from './listen.ts';
export { createMcpEndpoint, type McpEndpoint, type McpEndpointOptions } from './mcp-endpoint.ts';
