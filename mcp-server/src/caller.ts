/** Who makes a call, as far as the server knows. */
export interface Caller {
  /** Whose jobs it submits and sees: nobody sees another's. */
  readonly principal: string;
  /** Whether it is a program of this machine's user: only then may it name files of this machine. */
  readonly isLocal: boolean;
}

/** Whoever started this process and speaks to it on stdin. */
export const LOCAL_CALLER: Caller = Object.freeze({ principal: 'local', isLocal: true });
