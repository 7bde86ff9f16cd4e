// Where the daemon of the unit file listens.
export const usualSocket = '/run/lanlord/lanlord.sock';
