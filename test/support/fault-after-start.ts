// Loaded before the program: a fault inside it, a while after its start, as FAULT says: `throw` or `reject`.
const message = 'a fault that was asked for';

// Long enough for the first frame.
setTimeout(() => {
  if (process.env['FAULT'] === 'throw') throw new Error(message);
  void Promise.reject(new Error(message));
}, 2500);
