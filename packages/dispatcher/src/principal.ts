/** Whose jobs they are where nobody says otherwise: the person at this machine. */
export const LOCAL_PRINCIPAL = 'local';
