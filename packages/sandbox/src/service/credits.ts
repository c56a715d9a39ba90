/** Money or credits taken from a balance before the work, until it is known what the work cost. */
export interface Reservation {
  readonly amount: number;
  /** Keeps `used` (at most the amount) and gives the rest back. Only the first call counts. */
  settle(used: number): void;
}

/** One account's balance, in the provider's unit: PhantomFlow credits, Rendobar nanodollars. */
export interface CreditLedger {
  readonly balance: number;
  /** Takes `amount` now, or undefined when the balance does not cover it. */
  reserve(amount: number): Reservation | undefined;
  /** Takes `amount` whatever the balance is: Rendobar's may go briefly below zero. */
  charge(amount: number): void;
  set(balance: number): void;
}

export function createLedger(initial: number): CreditLedger {
  let balance = initial;
  return {
    get balance() {
      return balance;
    },
    reserve(amount) {
      if (amount > balance) return undefined;
      balance -= amount;
      let open = true;
      return {
        amount,
        settle(used) {
          if (!open) return;
          open = false;
          balance += amount - Math.min(Math.max(0, used), amount);
        },
      };
    },
    charge(amount) {
      balance -= amount;
    },
    set(value) {
      balance = value;
    },
  };
}
