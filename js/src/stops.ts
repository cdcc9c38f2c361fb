/** Stops all of them at once. */
export const stopAll = (stops: readonly (() => void)[]) => () => {
  for (const stop of stops) stop();
};
