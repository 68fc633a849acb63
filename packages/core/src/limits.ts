/** Instances of one worker: what hop3.toml, a hop3.nix and `hop3 scale` may ask for. */
export const maxInstances = 64;
