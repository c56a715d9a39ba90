import { LOCAL_PRINCIPAL } from '@renderq/dispatcher';

/** Who makes a call, as far as the server knows. */
export interface Caller {
  /** Whose jobs it submits and sees: nobody sees another's. */
  readonly principal: string;
  /** Whether it is a program that this machine's user has started: only then may it name files of this machine. */
  readonly isLocal: boolean;
}

/** Whoever started this process and speaks to it on stdin. */
export const LOCAL_CALLER: Caller = Object.freeze({ principal: LOCAL_PRINCIPAL, isLocal: true });

/**
 * Whoever speaks over HTTP, under the name that its token has. Never local, not even on loopback: every user and every
 * program of this machine gets there, a tunnel or a reverse proxy brings others, and a token says who calls, not from where.
 */
export const httpCaller = (principal: string = LOCAL_PRINCIPAL): Caller => ({ principal, isLocal: false });
